import { posix } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { inspect } from '../../../../src/nodes/uploaded-document/docx/inspect'
import { render } from '../../../../src/nodes/uploaded-document/docx/render'
import { docxText, templateDocx } from '../../../support/docx'
import { shaOf, soundness } from './cleaned'
import {
  attachedTemplate,
  chart,
  customRibbon,
  digitalSignature,
  linkedChart,
  officeFile,
  printerSettings,
  savedAsTemplate,
  svgWithDoctype,
  webExtension,
} from './office-files'
import { valueOf } from './results'

describe('a cleaned file', () => {
  const folder = fc.constantFrom('word/embeddings', 'word/charts/embeddings', 'embeddings', 'word/Embeddings/a b')
  const book = fc.constantFrom('a.xlsx', 'B.XLSX', 'c.bin', 'd.xlsm')
  const maybe = <A>(extra: fc.Arbitrary<A>) => fc.option(extra, { nil: undefined })
  const charts = fc
    .array(
      fc.oneof(
        fc.constant('linked'),
        fc.tuple(folder, book).map((path) => path.join('/')),
      ),
      { maxLength: 3 },
    )
    .map((books) => books.map((workbook, n) => (workbook === 'linked' ? linkedChart(n) : chart({ n, workbook }))))
  const panes = fc
    .tuple(fc.constantFrom('word/webextensions', 'webextensions', 'Word/WebExtensions'), fc.boolean())
    .map(([at, isAbsolute]) =>
      webExtension(at, isAbsolute ? undefined : `./${at}/../${posix.basename(at)}/taskpanes.xml`),
    )
  const others = fc.subarray([
    printerSettings(),
    customRibbon(),
    digitalSignature(),
    savedAsTemplate(),
    svgWithDoctype(),
  ])
  const extras = fc
    .tuple(maybe(fc.constantFrom('rId1', 'rId7', 'R1a2b').map(attachedTemplate)), maybe(panes), charts, others)
    .map(([template, pane, drawn, rest]) => [template, pane, ...drawn, ...rest].filter((extra) => extra !== undefined))
    .filter(({ length }) => length > 0)

  it('has nothing left to clean and nothing that leads nowhere, and is filled', async () => {
    const template = await templateDocx('Dear {{name}}')
    await fc.assert(
      fc.asyncProperty(extras, async (given) => {
        const upload = await officeFile(given, template)
        const { cleaned: first, ...inspection } = valueOf(inspect(upload))
        expect(first).to.include({ original_sha256: shaOf(upload) })
        expect(first!.removed).to.not.deep.equal([])
        const again = valueOf(inspect(first!.bytes))
        expect(again).to.deep.equal(inspection)
        expect(soundness(first!.bytes)).to.deep.equal([])
        expect(docxText(valueOf(render(first!.bytes, { name: 'Ana' })).bytes)).to.include('Dear Ana')
      }),
      { numRuns: 60 },
    )
  }).timeout(60_000)
})
