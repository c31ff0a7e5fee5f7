export type DomainEvent = { readonly type: string; readonly data: unknown }
