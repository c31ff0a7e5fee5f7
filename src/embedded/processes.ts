/**
 * The product as processes and commands, in the order of their start; stopping goes the other way. `script` is named from the source
 * root. A process is ready when it answers 200 at `ready`, or as soon as it runs.
 */
export type ProductProcess = {
  readonly name: string
  readonly script: string
  readonly ready?: string
  readonly stopWithin: number
}

export const products: ReadonlyArray<ProductProcess> = [
  { name: 'projections', script: 'projections/main', stopWithin: 16_000 },
  { name: 'workflow', script: 'workflow/main', stopWithin: 16_000 },
  { name: 'api', script: 'api/main', ready: '/health/ready', stopWithin: 16_000 },
]

export type Command = { readonly title: string; readonly script: string }

export const beforeProducts: ReadonlyArray<Command> = [
  { title: 'migrating the database', script: 'projections/migrate-main' },
]

export const afterProducts: ReadonlyArray<Command> = [{ title: 'seeding the demo', script: 'embedded/seed-main' }]
