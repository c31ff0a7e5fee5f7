import type { RequestHandler } from 'express'

/** `detail` names what is wrong, without addresses or secrets. */
export type Health = { readonly state: 'up' | 'down' | 'degraded' | 'off'; readonly [detail: string]: unknown }
/** How a dependency is, by its name; asked at each request, at most as long as the patience. */
export type Dependencies = Readonly<Record<string, () => Promise<Health>>>

const patienceMs = 2_000

const bounded = async (ask: () => Promise<Health>): Promise<Health> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Health>((resolve) => {
    timer = setTimeout(() => {
      resolve({ state: 'down', reason: `no answer within ${patienceMs} ms` })
    }, patienceMs)
  })
  try {
    return await Promise.race([ask(), late])
  } catch {
    return { state: 'down', reason: 'does not answer' }
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
      Object.entries(dependencies).map(async ([name, ask]) => [name, await bounded(ask)] as const),
    )
    const states = entries.map(([, { state }]) => state)
    const status =
      isStopping() || states.includes('down') ? 'not_ready' : states.includes('degraded') ? 'degraded' : 'ready'
    res
      .status(status === 'not_ready' ? 503 : 200)
      .set('Cache-Control', 'no-store')
      .json({ status, dependencies: Object.fromEntries(entries) })
  }
