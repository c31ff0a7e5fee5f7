import { posix } from 'node:path'
import PizZip from 'pizzip'
import { templateDocx } from '../../../support/docx'
import { filesOf, zipOf } from './tampering'

type Files = Map<string, Buffer>

/** Something that a program of an office puts into a document. */
export type Extra = (files: Files) => void

/** A good template with these. */
export const officeFile = async (extras: ReadonlyArray<Extra>, template?: Uint8Array): Promise<Buffer> => {
  const files = new Map(
    filesOf(template ?? (await templateDocx('Dear {{name}}'))).map(({ name, bytes }) => [name, Buffer.from(bytes)]),
  )
  extras.forEach((extra) => extra(files))
  return zipOf([...files].map(([name, bytes]) => ({ name, bytes })))
}

const references = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const microsoft = 'http://schemas.microsoft.com/office'

const change = (files: Files, name: string, edit: (xml: string) => string): void => {
  files.set(name, Buffer.from(edit(files.get(name)!.toString())))
}

export const put =
  (name: string, content: string | Uint8Array): Extra =>
  (files) =>
    files.set(name, Buffer.from(content as string))

export const before =
  (name: string, end: string, markup: string): Extra =>
  (files) =>
    change(files, name, (xml) => xml.replace(end, `${markup}${end}`))

const types = '[Content_Types].xml'

export const override = (part: string, type: string): Extra =>
  before(types, '</Types>', `<Override PartName="/${part}" ContentType="${type}"/>`)

export const defaultType = (extension: string, type: string): Extra =>
  before(types, '</Types>', `<Default Extension="${extension}" ContentType="${type}"/>`)

export const listOf = (source: string): string =>
  posix.join(posix.dirname(source), '_rels', `${posix.basename(source)}.rels`)

/** `attributes` besides the id, as written. */
export const link =
  (source: string, id: string, attributes: string): Extra =>
  (files) => {
    const list = listOf(source)
    const empty = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    const xml = (files.get(list)?.toString() ?? empty).replace(/(<Relationships[^>]*)\/>/, '$1></Relationships>')
    files.set(
      list,
      Buffer.from(xml.replace('</Relationships>', `<Relationship Id="${id}" ${attributes}/></Relationships>`)),
    )
  }

export const all =
  (...extras: ReadonlyArray<Extra>): Extra =>
  (files) =>
    extras.forEach((extra) => extra(files))

const settings = 'word/settings.xml'
const documentPart = 'word/document.xml'

export const paragraph = (markup: string): Extra =>
  before(documentPart, '<w:sectPr>', `<w:p><w:r>${markup}</w:r></w:p>`)

export const attachedTemplate = (id = 'rId1'): Extra =>
  all(
    link(
      settings,
      id,
      `Type="${references}/attachedTemplate" Target="file:///\\\\srv\\models\\Corporate%20Letter.dotm" TargetMode="External"`,
    ),
    before(settings, '<w:defaultTabStop', `<w:attachedTemplate r:id="${id}"/><w:linkStyles/>`),
  )

/** Panes of one add-in, with a picture of it. */
export const webExtension = (folder = 'word/webextensions', target = `/${folder}/taskpanes.xml`): Extra =>
  all(
    link('', 'rIdPanes', `Type="${microsoft}/2011/relationships/webextensiontaskpanes" Target="${target}"`),
    put(
      `${folder}/taskpanes.xml`,
      '<wetp:taskpanes xmlns:wetp="http://schemas.microsoft.com/office/webextensions/taskpanes/2010/11"><wetp:taskpane dockstate="right" visibility="0" width="350" row="4"><wetp:webextensionref xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId1"/></wetp:taskpane></wetp:taskpanes>',
    ),
    override(`${folder}/taskpanes.xml`, 'application/vnd.ms-office.webextensiontaskpanes+xml'),
    link(
      `${folder}/taskpanes.xml`,
      'rId1',
      `Type="${microsoft}/2011/relationships/webextension" Target="webextension1.xml"`,
    ),
    put(
      `${folder}/webextension1.xml`,
      '<we:webextension xmlns:we="http://schemas.microsoft.com/office/webextensions/webextension/2010/11" id="{0A1B}"><we:reference id="wa1" version="1.0.0.0" store="en-US" storeType="OMEX"/><we:alternateReferences/><we:properties/><we:bindings/><we:snapshot xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="rId1"/></we:webextension>',
    ),
    override(`${folder}/webextension1.xml`, 'application/vnd.ms-office.webextension+xml'),
    link(`${folder}/webextension1.xml`, 'rId1', `Type="${references}/image" Target="../media/snapshot.png"`),
    put('word/media/snapshot.png', Buffer.from('89504e470d0a1a0a', 'hex')),
  )

const values = (points: ReadonlyArray<readonly [string, number]>, column: string) =>
  `<c:cat><c:strRef><c:f>Sheet1!$A$2:$A$4</c:f><c:strCache><c:ptCount val="${points.length}"/>${points.map(([name], n) => `<c:pt idx="${n}"><c:v>${name}</c:v></c:pt>`).join('')}</c:strCache></c:strRef></c:cat>` +
  `<c:val><c:numRef><c:f>Sheet1!$${column}$2:$${column}$4</c:f><c:numCache><c:formatCode>General</c:formatCode><c:ptCount val="${points.length}"/>${points.map(([, value], n) => `<c:pt idx="${n}"><c:v>${value}</c:v></c:pt>`).join('')}</c:numCache></c:numRef></c:val>`

const chartXml = (externalData: string) =>
  `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:t>Sales of the year</a:t></a:r></a:p></c:rich></c:tx></c:title><c:autoTitleDeleted val="0"/><c:plotArea><c:layout/><c:barChart><c:barDir val="col"/><c:grouping val="clustered"/><c:varyColors val="0"/>` +
  `<c:ser><c:idx val="0"/><c:order val="0"/><c:tx><c:v>North</c:v></c:tx>${values(
    [
      ['Jan', 4],
      ['Feb', 7],
      ['Mar', 3],
    ],
    'B',
  )}</c:ser>` +
  `<c:ser><c:idx val="1"/><c:order val="1"/><c:tx><c:v>South</c:v></c:tx>${values(
    [
      ['Jan', 2],
      ['Feb', 5],
      ['Mar', 6],
    ],
    'C',
  )}</c:ser>` +
  `<c:axId val="1"/><c:axId val="2"/></c:barChart><c:catAx><c:axId val="1"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="b"/><c:crossAx val="2"/></c:catAx><c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="l"/><c:crossAx val="1"/></c:valAx></c:plotArea><c:legend><c:legendPos val="r"/></c:legend><c:plotVisOnly val="1"/></c:chart>${externalData}</c:chartSpace>`

export interface ChartOptions {
  readonly n?: number
  readonly workbook?: string
  /** As its relationship names it, from the chart. */
  readonly target?: string
  readonly type?: string
  readonly mode?: string
  readonly externalData?: (id: string) => string
  readonly content?: Uint8Array
}

/** A chart with its workbook; charts of other numbers may share one. */
export const chart = ({
  n = 1,
  workbook = 'word/embeddings/Microsoft_Excel_Worksheet.xlsx',
  target = posix.relative('word/charts', workbook),
  type = `${references}/package`,
  mode = '',
  externalData = (id) => `<c:externalData r:id="${id}"><c:autoUpdate val="0"/></c:externalData>`,
  content = new PizZip().file('xl/workbook.xml', '<workbook/>').generate({ type: 'uint8array' }),
}: ChartOptions = {}): Extra =>
  all(
    put(`word/charts/chart${n}.xml`, chartXml(externalData('rId3'))),
    override(`word/charts/chart${n}.xml`, 'application/vnd.openxmlformats-officedocument.drawingml.chart+xml'),
    link(documentPart, `rIdChart${n}`, `Type="${references}/chart" Target="charts/chart${n}.xml"`),
    link(`word/charts/chart${n}.xml`, 'rId3', `Type="${type}" Target="${target}"${mode}`),
    (files) => {
      if (mode === '') put(workbook, content)(files)
    },
    (files) => {
      const extension = workbook.slice(workbook.lastIndexOf('.') + 1)
      if (mode === '' && !files.get(types)!.toString().includes(`Extension="${extension}"`))
        defaultType(extension, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')(files)
    },
    paragraph(
      `<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="5000000" cy="3000000"/><wp:docPr id="${n + 10}" name="Chart ${n}"/><wp:cNvGraphicFramePr/><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="rIdChart${n}"/></a:graphicData></a:graphic></wp:inline></w:drawing>`,
    ),
  )

export const linkedChart = (n = 1): Extra =>
  chart({
    n,
    type: `${references}/oleObject`,
    target: 'file:///C:\\Users\\ana\\Sales.xlsx',
    mode: ' TargetMode="External"',
  })

/** As Word on a Mac writes them. */
export const printerSettings = (): Extra =>
  all(
    put(
      'word/printerSettings/printerSettings1.bin',
      '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n<plist version="1.0"><dict/></plist>',
    ),
    defaultType('bin', 'application/vnd.openxmlformats-officedocument.wordprocessingml.printerSettings'),
    link(
      documentPart,
      'rIdPrinter',
      `Type="${references}/printerSettings" Target="printerSettings/printerSettings1.bin"`,
    ),
    before(documentPart, '<w:docGrid', '<w:printerSettings r:id="rIdPrinter"/>'),
  )

export const customRibbon = (): Extra =>
  all(
    put('customUI/customUI14.xml', '<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui"/>'),
    link('', 'rIdRibbon', `Type="${microsoft}/2007/relationships/ui/extensibility" Target="customUI/customUI14.xml"`),
  )

const signatures = 'http://schemas.openxmlformats.org/package/2006/relationships/digital-signature'

export const digitalSignature = (): Extra =>
  all(
    put('_xmlsignatures/origin.sigs', ''),
    defaultType('sigs', 'application/vnd.openxmlformats-package.digital-signature-origin'),
    link('', 'rIdOrigin', `Type="${signatures}/origin" Target="_xmlsignatures/origin.sigs"`),
    put('_xmlsignatures/sig1.xml', '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>'),
    override('_xmlsignatures/sig1.xml', 'application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml'),
    link('_xmlsignatures/origin.sigs', 'rId1', `Type="${signatures}/signature" Target="sig1.xml"`),
  )

export const savedAsTemplate = (): Extra => (files) =>
  change(files, types, (xml) => xml.replace('wordprocessingml.document.main+xml', 'wordprocessingml.template.main+xml'))

export const svgWithDoctype = (): Extra =>
  all(
    put(
      'word/media/logo.svg',
      '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    ),
    link(documentPart, 'rIdSvg', `Type="${references}/image" Target="media/logo.svg"`),
  )
