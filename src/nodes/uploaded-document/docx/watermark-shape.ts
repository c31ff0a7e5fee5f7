import { cleanText } from './text'
import { encodeXml } from './xml-tags'

const vml = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
const word = 'xmlns:w10="urn:schemas-microsoft-com:office:word"'

const formulas = [
  'sum #0 0 10800',
  'prod #0 2 1',
  'sum 21600 0 @1',
  'sum 0 0 @2',
  'sum 21600 0 @3',
  'if @0 @3 0',
  'if @0 21600 @1',
  'if @0 0 @2',
  'if @0 @4 21600',
  'mid @5 @6',
  'mid @8 @5',
  'mid @7 @8',
  'mid @6 @7',
  'sum @6 0 @5',
]

const connections =
  'o:connecttype="custom" o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"'

/** Plain text as WordArt: shape 136 of Office's presets, as Word itself writes it. */
const shapeType = [
  '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">',
  `<v:formulas>${formulas.map((formula) => `<v:f eqn="${formula}"/>`).join('')}</v:formulas>`,
  `<v:path textpathok="t" ${connections}/><v:textpath on="t" fitshape="t"/>`,
  '<v:handles><v:h position="#0,bottomRight" xrange="6629,14971"/></v:handles>',
  '<o:lock v:ext="edit" text="t" shapetype="t"/></v:shapetype>',
].join('')

const widestCharacter = 0.66

/** In points: as large as the slanted text can stand on a page with this shortest side. */
const sizeOf = (text: string, side: number): { readonly width: number; readonly height: number } => {
  const ratio = Math.min(0.4, Math.max(0.08, 1 / (widestCharacter * text.length)))
  const width = Math.round((1.1 * side) / (1 + ratio))
  return { width, height: Math.round(width * ratio) }
}

const styleOf = (text: string, side: number): string => {
  const { width, height } = sizeOf(text, side)
  return [
    'position:absolute;margin-left:0;margin-top:0',
    `width:${width}pt;height:${height}pt;rotation:315;z-index:-251658752`,
    'mso-position-horizontal:center;mso-position-horizontal-relative:margin',
    'mso-position-vertical:center;mso-position-vertical-relative:margin',
  ].join(';')
}

interface Shape {
  readonly text: string
  /** The shortest side of the document's pages, in points. */
  readonly side: number
  /** Tells the shapes of one document apart. */
  readonly n: number
}

/** A header's paragraph, one point high, that holds the text as a grey slanted shape behind the page. */
export const watermarkParagraph = ({ text, side, n }: Shape, namespace: string, typeIsDefined: boolean): string => {
  const shown = cleanText(text).replace(/\s+/g, ' ').trim()
  return [
    `<w:p xmlns:w="${namespace}"><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr>`,
    `<w:r><w:rPr><w:noProof/></w:rPr><w:pict ${vml} ${word}>${typeIsDefined ? '' : shapeType}`,
    `<v:shape id="PowerPlusWaterMarkObject${357476640 + n}" type="#_x0000_t136" style="${styleOf(shown, side)}"`,
    ' o:allowincell="f" fillcolor="silver" stroked="f"><v:fill opacity=".5"/>',
    `<v:textpath style="font-family:&quot;Calibri&quot;;font-size:1pt" string="${encodeXml(shown)}"/>`,
    '<w10:wrap anchorx="margin" anchory="margin"/></v:shape></w:pict></w:r></w:p>',
  ].join('')
}
