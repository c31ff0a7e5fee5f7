import { isFree } from './ports'
import { portVariables, type Setting } from './setting'
import { serverNames, type ServerName } from './stack'
import { Trouble } from './trouble'

/** The servers for which no address was given. */
export const neededServers = ({ elsewhere }: Setting): ReadonlyArray<ServerName> => {
  const eventsElsewhere = elsewhere.EVENTSTORE_URL ?? elsewhere.EVENT_STORE_DATABASE_URL
  const given: Readonly<Record<ServerName, boolean>> = {
    postgres: elsewhere.DATABASE_URL !== undefined && eventsElsewhere !== undefined,
    eventStore: elsewhere.EVENTSTORE_URL !== undefined,
    redis: elsewhere.REDIS_URL !== undefined,
    temporal: elsewhere.TEMPORAL_ADDRESS !== undefined,
    mailbox: elsewhere.SMTP_URL !== undefined,
  }
  return serverNames.filter((name) => !given[name])
}

/** Refuses to start beside a stranger on one of our ports. */
export const demandFreePorts = async ({ ports }: Setting, needed: ReadonlyArray<string>): Promise<void> => {
  for (const { of, variable, what, instead } of portVariables) {
    const owner = of === 'smtp' || of === 'mailPage' ? 'mailbox' : of
    if (!needed.includes(owner) || (await isFree(ports[of]))) continue
    const orElse = instead === undefined ? '' : `, or set ${instead} to use a server that runs already`
    throw new Trouble(
      `Port ${ports[of]} for ${what} is taken by another program.`,
      `Set ${variable} to a free port${orElse}.`,
    )
  }
}
