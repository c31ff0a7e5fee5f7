export type Html = { readonly html: string }

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)

/** Escapes every text put into a template; what is markup already stays. */
export const html = (parts: TemplateStringsArray, ...values: ReadonlyArray<string | number | Html>): Html => ({
  html: parts.reduce((text, part, index) => {
    const value = values[index - 1] ?? ''
    return text + (typeof value === 'object' ? value.html : escaped(String(value))) + part
  }),
})

export const joined = (parts: ReadonlyArray<Html>): Html => ({ html: parts.map((part) => part.html).join('\n') })

/** Paragraphs at empty lines, line breaks elsewhere. */
export const paragraphs = (text: string): Html =>
  joined(
    text
      .split(/\n{2,}/)
      .filter((paragraph) => paragraph.trim() !== '')
      .map((paragraph) => ({ html: `<p>${escaped(paragraph.trim()).replaceAll('\n', '<br>')}</p>` })),
  )
