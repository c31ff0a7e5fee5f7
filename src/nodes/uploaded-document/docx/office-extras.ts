/**
 * What files of a real office carry beside the document, and what becomes of it at upload.
 *
 * Taken out, because no generated document needs it: the rows of `officeExtras` and of `rewritten` in `clean.ts`.
 *
 * Taken as it is: building blocks (`glossary`), data bound to content controls (`customXml`), comments with their people,
 * threads and dates (`people`, `commentsExtended`, `commentsIds`, `commentsExtensible`), thumbnails, embedded fonts,
 * themes, web settings, diagrams, ink, sensitivity labels, tasks, key maps and toolbars, links to the web, mail and
 * telephone, the fields MACROBUTTON NoMacro and DoFieldClick.
 *
 * Refused, because it runs, fetches or hides something, or because the document would not be the same without it: macros,
 * OLE objects, ActiveX, alternative chunks, sub-documents, frames of a frameset, mail-merge sources, pictures and
 * other parts outside of the file, links to files and scripts, fields that fetch (DDE, INCLUDETEXT, LINK…), entities,
 * encodings other than UTF-8.
 */
export interface OfficeExtra {
  /** As the warning names it: a value of `feature` of `template.content_removed`. */
  readonly feature: string
  /** The type of the relationships that lead to it. */
  readonly relationship: RegExp
  /** The root element of the parts that it is taken out of; any part when absent. */
  readonly root?: string
  /** The elements that refer to it and go with it. What anything else refers to stays, for the checks to judge. */
  readonly elements: ReadonlyArray<string>
  /** Settings that mean something else, or nothing, without it. */
  readonly companions: ReadonlyArray<string>
}

export const officeExtras: ReadonlyArray<OfficeExtra> = [
  // without a template of its own Word would take the styles of whatever template the reader has
  {
    feature: 'attached_template',
    relationship: /(^|\/)attachedTemplate$/i,
    elements: ['attachedTemplate'],
    companions: ['linkStyles'],
  },
  { feature: 'web_extension', relationship: /(^|\/)webextension(taskpanes)?$/i, elements: [], companions: [] },
  // inside of the file or linked, also as an OLE file; the chart keeps the values that it shows
  {
    feature: 'chart_workbook',
    relationship: /(^|\/)(package|oleObject)$/i,
    root: 'chartSpace',
    elements: ['externalData'],
    companions: [],
  },
  // for Word on a Mac it is a property list with a DOCTYPE
  {
    feature: 'printer_settings',
    relationship: /(^|\/)printerSettings$/i,
    elements: ['printerSettings'],
    companions: [],
  },
  { feature: 'custom_ribbon', relationship: /(^|\/)ui\/extensibility$/i, elements: [], companions: [] },
  // it would call every generated document forged
  { feature: 'digital_signature', relationship: /\/digital-signature\/origin$/i, elements: [], companions: [] },
]
