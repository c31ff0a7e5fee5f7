import PizZip from 'pizzip'

const contentTypes = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
</Types>`

const relationships = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>
</Relationships>`

const run = (text: string, properties = '') =>
  `<w:r>${properties && `<w:rPr>${properties}</w:rPr>`}<w:t xml:space="preserve">${text}</w:t></w:r>`
const paragraph = (text: string, properties = '') => `<w:p>${run(text, properties)}</w:p>`
const cell = (text: string) => `<w:tc><w:tcPr><w:tcW w:w="4500" w:type="dxa"/></w:tcPr>${paragraph(text)}</w:tc>`
const row = (...texts: ReadonlyArray<string>) => `<w:tr>${texts.map(cell).join('')}</w:tr>`

const borders = ['top', 'left', 'bottom', 'right', 'insideH', 'insideV']
  .map((side) => `<w:${side} w:val="single" w:sz="4" w:space="0" w:color="999999"/>`)
  .join('')

const document = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>
${paragraph('Contract {{deal_id}}', '<w:b/><w:sz w:val="36"/>')}
${paragraph('Between Example Ltd and {{client_name}} ({{recipient_email}}).')}
<w:tbl><w:tblPr><w:tblBorders>${borders}</w:tblBorders></w:tblPr><w:tblGrid><w:gridCol w:w="4500"/><w:gridCol w:w="4500"/></w:tblGrid>
${row('Item', 'Price')}${row('{{#items}}{{description}}', '{{price}}{{/items}}')}
</w:tbl>
${paragraph('Total: {{total}}', '<w:b/>')}
<w:sectPr/></w:body></w:document>`

/** The demo's contract as a .docx: a title, a client mapped from the deal, and a table row per item. */
export const contractTemplate = (): Buffer => {
  const zip = new PizZip()
  zip.file('[Content_Types].xml', contentTypes)
  zip.file('_rels/.rels', relationships)
  zip.file('word/document.xml', document)
  return zip.generate({ type: 'nodebuffer', compression: 'DEFLATE' })
}

export const triggerData = {
  deal_id: '123',
  recipient_email: 'ana@example.com',
  client: { name: 'Ana Souza' },
  items: [
    { description: 'Document automation', price: 'R$ 1.200,00' },
    { description: 'Support, 12 months', price: 'R$ 600,00' },
  ],
  total: 'R$ 1.800,00',
}
