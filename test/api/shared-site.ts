import { type Site, startSite } from './site'

let started: Promise<Site> | undefined

/** One API on real servers for all of these tests; they keep apart by making what they need. */
export const sharedSite = (): Promise<Site> => (started ??= startSite())

after(async function () {
  this.timeout(60_000)
  await (await started)?.stop()
})
