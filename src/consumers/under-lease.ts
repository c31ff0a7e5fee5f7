import { type CheckpointRefused, checkpointRefused, isCheckpointRefused, type Lease } from './checkpoint'

const lookMs = 200

/** Renews the lease until `stop` aborts. `lost` is called when it is over before that, or another's. */
const keep = (name: string, lease: Lease, stop: AbortSignal, lost: (refused: CheckpointRefused) => void): void => {
  if (stop.aborted) return
  let renewing = false
  const renew = async (): Promise<void> => {
    renewing = true
    try {
      await lease.renew()
    } catch (error) {
      // Any other failure may pass before the lease runs out.
      if (isCheckpointRefused(error)) lost(error)
    } finally {
      renewing = false
    }
  }
  const timer = setInterval(() => {
    if (!lease.isHeld()) lost(checkpointRefused(name, { _tag: 'LeaseOver' }))
    else if (!renewing) void renew()
  }, lookMs)
  stop.addEventListener('abort', () => clearInterval(timer), { once: true })
}

export type UnderLease<A> = {
  readonly name: string
  readonly lease: Lease
  readonly signal: AbortSignal
  readonly work: (stop: AbortSignal) => Promise<A>
  /** Ends soon after `stop` aborts, and does not reject. */
  readonly alongside: (stop: AbortSignal) => Promise<unknown>
}

/** Works while the lease, which was taken, is held, and releases it. Rejects with CheckpointRefused when it was lost. `stop` aborts with the lease. */
export const underLease = async <A>({ name, lease, signal, work, alongside }: UnderLease<A>): Promise<A> => {
  const over = new AbortController()
  const stop = AbortSignal.any([signal, over.signal])
  let lost: CheckpointRefused | undefined
  const lose = (refused: CheckpointRefused) => {
    lost ??= refused
    over.abort()
  }
  const other = alongside(stop)
  try {
    keep(name, lease, stop, lose)
    const done = await work(stop)
    if (lost !== undefined) throw lost
    return done
  } finally {
    over.abort()
    await other
    await lease.release().catch(() => undefined)
  }
}
