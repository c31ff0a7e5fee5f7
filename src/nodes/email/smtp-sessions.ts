import { createHash } from 'node:crypto'
import { openSmtp, type SmtpSession, type SmtpTarget, type SmtpUse, useSmtp } from './smtp-session'

/** How messages get at a session with their server. */
export type SmtpSessions = {
  /** `mayRepeat`: whether `use` has done nothing yet that a second call would do twice. */
  readonly use: <A>(target: SmtpTarget, use: SmtpUse<A>, mayRepeat: () => boolean) => Promise<A>
  readonly close: () => void
}

/** A session for each use: for probes. */
export const oneEach: SmtpSessions = {
  use: async (target, use) => {
    const session = await openSmtp(target)
    try {
      const result = await useSmtp(session, target, use)
      session.connection.quit()
      return result
    } finally {
      session.close()
    }
  },
  close: () => undefined,
}

const idleMs = 10_000
const idleAtMost = 64

type Idle = { readonly session: SmtpSession; readonly timer: NodeJS.Timeout }

const keyOf = ({ config, secret }: SmtpTarget): string =>
  createHash('sha256')
    .update(JSON.stringify([config.host, config.port, config.secure ?? false, secret?.user, secret?.password]))
    .digest('base64')

const hasAnswered = (error: unknown): boolean =>
  error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number'

/**
 * Keeps a session for the next message to the same server, as the same user, for ten seconds: connecting, greeting and logging in cost more than a message.
 * One that the server has closed meanwhile is replaced before anything of the message went out.
 */
export const keptSessions = (): SmtpSessions => {
  const idle = new Map<string, Array<Idle>>()
  let count = 0

  const drop = (key: string, { session, timer }: Idle) => {
    clearTimeout(timer)
    session.connection.quit()
    session.close()
    const left = (idle.get(key) ?? []).filter((other) => other.session !== session)
    if (left.length < (idle.get(key)?.length ?? 0)) count -= 1
    if (left.length === 0) idle.delete(key)
    else idle.set(key, left)
  }
  const keep = (key: string, session: SmtpSession) => {
    if (count >= idleAtMost) {
      session.close()
      return
    }
    const kept: Idle = { session, timer: setTimeout(() => drop(key, kept), idleMs).unref() }
    session.broken.catch(() => drop(key, kept))
    idle.set(key, [...(idle.get(key) ?? []), kept])
    count += 1
  }
  const takeIdle = (key: string): SmtpSession | undefined => {
    const kept = idle.get(key)?.pop()
    if (kept === undefined) return undefined
    clearTimeout(kept.timer)
    count -= 1
    return kept.session
  }
  const run = async <A>(key: string, session: SmtpSession, target: SmtpTarget, use: SmtpUse<A>): Promise<A> => {
    try {
      const result = await useSmtp(session, target, use)
      keep(key, session)
      return result
    } catch (error) {
      session.close()
      throw error
    }
  }

  return {
    use: async (target, use, mayRepeat) => {
      const key = keyOf(target)
      const kept = takeIdle(key)
      if (kept === undefined) return run(key, await openSmtp(target), target, use)
      try {
        return await run(key, kept, target, use)
      } catch (error) {
        if (hasAnswered(error) || !mayRepeat()) throw error
        return run(key, await openSmtp(target), target, use)
      }
    },
    close: () => {
      for (const [key, all] of [...idle]) for (const each of [...all]) drop(key, each)
    },
  }
}
