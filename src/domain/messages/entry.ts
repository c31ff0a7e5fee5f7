/** The product's languages; pt-BR is the source. */
export type Locale = 'pt-BR' | 'en'
export const locales: ReadonlyArray<Locale> = ['pt-BR', 'en']
export const defaultLocale: Locale = 'pt-BR'

export type Severity = 'blocking' | 'warning'
/** In the order in which findings are shown. */
export const domains = ['data', 'template', 'permissions', 'delivery', 'signature'] as const
export type Domain = (typeof domains)[number]

export const actions = [
  'add_signer',
  'change_output_format',
  'configure_signature',
  'connect_provider',
  'edit_node',
  'edit_workflow',
  'fill_required',
  'fix_field_format',
  'fix_permissions',
  'fix_signer',
  'fix_template_tags',
  'map_fields',
  'reconnect_provider',
  'reduce_template',
  'retry',
  'review_data',
  'review_template',
  'select_folder',
  'select_record',
  'select_template',
  'set_expiration',
  'set_recipient',
  'update_credentials',
  'upload_template',
] as const
export type Action = (typeof actions)[number]

/** What a parameter is: text, a number, or one of these words, which its texts say in the reader's language. */
export type Kind = 'text' | 'number' | ReadonlyArray<string>

/**
 * What can go wrong: a stable code's severity, domain, advice, parameters and ICU texts; a text uses parameters that are declared, and no others.
 * Source: the product's preflight messages.
 */
export type Entry = {
  readonly severity: Severity
  readonly domain: Domain
  readonly action: Action
  readonly params: Readonly<Record<string, Kind>>
  readonly text: Readonly<Record<Locale, string>>
}
