import { startPostgres, type TestPostgres } from './postgres'

let shared: Promise<TestPostgres> | undefined

/** One PostgreSQL server for all tests that do not stop it. */
export const sharedPostgres = (): Promise<TestPostgres> => (shared ??= startPostgres())

after(async function () {
  this.timeout(20_000)
  await (await shared)?.remove()
})
