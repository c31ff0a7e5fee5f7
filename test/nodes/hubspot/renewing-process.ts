import { createInterface } from 'node:readline'
import createKnex from 'knex'
import { ConnectionId, OrganizationId } from '../../../src/domain/ids'
import { accessToken } from '../../../src/nodes/connections/hubspot/access-token'
import { HubSpotSecret } from '../../../src/nodes/connections/hubspot/config'
import { keyringOf } from '../../../src/stores/secrets/keyring'
import { postgresSecretStore } from '../../../src/stores/secrets/postgres'

const right = <A>(either: { readonly _tag: 'Left' } | { readonly _tag: 'Right'; readonly right: A }): A => {
  if (either._tag === 'Left') throw new Error(JSON.stringify(either))
  return either.right
}

/** A process that asks for an access token, several times at once, for each line that it is told; answers with a line of tokens. */
const main = async (): Promise<void> => {
  const [url = '', key = '', base_url = '', organization, connection] = process.argv.slice(2)
  const knex = createKnex({ client: 'pg', connection: url })
  const secrets = postgresSecretStore(knex, right(keyringOf(key)))
  const organizationId = right(OrganizationId.decode(organization))
  const connectionId = right(ConnectionId.decode(connection))
  const policy = { allowPrivateAddresses: true, fileRoot: undefined }
  const api = { config: { base_url }, policy, timeoutMs: 5_000, signal: new AbortController().signal }
  const tokenNow = async () => {
    const secret = right(HubSpotSecret.decode(right(right(await secrets.get(organizationId, connectionId)()))))
    const login = { config: { base_url }, secret, organizationId, connectionId }
    return right(await accessToken(login, api, secrets)()).token
  }
  process.stdout.write('ready\n')
  for await (const _ of createInterface({ input: process.stdin })) {
    const tokens = await Promise.all(Array.from({ length: 5 }, tokenNow))
    process.stdout.write(`${tokens.join(' ')}\n`)
  }
  await knex.destroy()
}

void main()
