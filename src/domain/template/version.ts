import * as t from 'io-ts'

/** A tag of a template: its dotted path and the lists whose rows it stands in, outermost first. */
export const Tag = t.readonly(
  t.type({ path: t.readonlyArray(t.string), loops: t.readonlyArray(t.readonlyArray(t.string)) }),
  'Tag',
)
export type Tag = t.TypeOf<typeof Tag>

/** `{{#list}}` or, inverted, `{{^list}}`; `loops` are the lists around it. */
export const Loop = t.readonly(
  t.type({
    path: t.readonlyArray(t.string),
    loops: t.readonlyArray(t.readonlyArray(t.string)),
    inverted: t.boolean,
  }),
  'Loop',
)
export type Loop = t.TypeOf<typeof Loop>

export type TemplateNode =
  | { readonly kind: 'tag'; readonly path: string }
  | {
      readonly kind: 'section'
      readonly path: string
      readonly inverted: boolean
      readonly children: ReadonlyArray<TemplateNode>
    }

/** Tags and sections as they stand in each other, every one once per scope; paths are dotted. */
export const TemplateNode: t.Type<TemplateNode> = t.recursion('TemplateNode', (self) =>
  t.union([
    t.type({ kind: t.literal('tag'), path: t.string }),
    t.type({ kind: t.literal('section'), path: t.string, inverted: t.boolean, children: t.readonlyArray(self) }),
  ]),
)

/** What happened to an upload before it was stored. */
const Cleaning = t.readonly(
  t.type({
    /** Of the file that came. */
    original_sha256: t.string,
    /** What was taken out of it: values of `feature` of `template.content_removed`. */
    removed: t.readonlyArray(t.string),
  }),
)

export const TemplateVersion = t.readonly(
  t.intersection([
    t.type({
      version: t.number,
      /** Key of the stored file: SHA-256 of its bytes, hex. */
      sha256: t.string,
      /** bytes */
      size: t.number,
      file_name: t.string,
      tags: t.readonlyArray(Tag),
      loops: t.readonlyArray(Loop),
      /** The same tags and loops in place, for comparing them with data. */
      tree: t.readonlyArray(TemplateNode),
      /** Catalogue codes. */
      warnings: t.readonlyArray(t.string),
    }),
    /** Absent when the file was stored as it came. */
    t.partial({ cleaned: Cleaning }),
  ]),
  'TemplateVersion',
)
export type TemplateVersion = t.TypeOf<typeof TemplateVersion>
