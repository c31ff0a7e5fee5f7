/** HubSpot's own types of record: as its API calls them, and the id that its events give them. */
const known: ReadonlyArray<{ readonly name: string; readonly plural: string; readonly id: string }> = [
  { name: 'contact', plural: 'contacts', id: '0-1' },
  { name: 'company', plural: 'companies', id: '0-2' },
  { name: 'deal', plural: 'deals', id: '0-3' },
  { name: 'ticket', plural: 'tickets', id: '0-5' },
  { name: 'product', plural: 'products', id: '0-7' },
  { name: 'line_item', plural: 'line_items', id: '0-8' },
  { name: 'quote', plural: 'quotes', id: '0-14' },
]

const find = (type: string) =>
  known.find(({ name, plural, id }) => [name, plural, id].includes(type.trim().toLowerCase()))

/** One name for each type, whether it is called `deal`, `deals` or `0-3`; those of an account's own stay as they are. */
export const objectTypeOf = (type: string): string => find(type)?.name ?? type.trim()

/** As it stands in an address of the API. */
export const pathOfType = (type: string): string => find(type)?.plural ?? type.trim()
