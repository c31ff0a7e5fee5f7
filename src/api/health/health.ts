import type { RequestHandler } from 'express'

/** `detail` names what is wrong, without addresses or secrets. */
export type Health = { readonly state: 'up' | 'down' | 'degraded' | 'off'; readonly [detail: string]: unknown }
export type Dependency = {
  /** Asked at each request, at most as long as the patience. */
  readonly ask: () => Promise<Health>
  /** How things are while it does not answer. */
  readonly without: 'down' | 'degraded'
}
export type Dependencies = Readonly<Record<string, Dependency>>

const patienceMs = 2_000

const bounded = async ({ ask, without }: Dependency): Promise<Health> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Health>((resolve) => {
    timer = setTimeout(() => {
      resolve({ state: without, reason: `no answer within ${patienceMs} ms` })
    }, patienceMs)
  })
  try {
    return await Promise.race([ask(), late])
  } catch {
    return { state: without, reason: 'does not answer' }
  } finally {
    clearTimeout(timer)
  }
}

export const live: RequestHandler = (_, res) => {
  res.set('Cache-Control', 'no-store').json({ status: 'live' })
}

/** 503 while requests cannot be served; `degraded` serves them, with something beside it that is not well. */
export const ready =
  (dependencies: Dependencies, isStopping: () => boolean): RequestHandler =>
  async (_, res) => {
    const entries = await Promise.all(
      Object.entries(dependencies).map(async ([name, dependency]) => [name, await bounded(dependency)] as const),
    )
    const states = entries.map(([, { state }]) => state)
    const status =
      isStopping() || states.includes('down') ? 'not_ready' : states.includes('degraded') ? 'degraded' : 'ready'
    res
      .status(status === 'not_ready' ? 503 : 200)
      .set('Cache-Control', 'no-store')
      .json({ status, dependencies: Object.fromEntries(entries) })
  }
