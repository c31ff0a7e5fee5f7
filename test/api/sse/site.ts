import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import * as E from 'fp-ts/Either'
import { routesOf } from '../../../src/api/routes'
import { sseRoutes, type SseDeps, type SseRefusal } from '../../../src/api/sse'
import { OrganizationId } from '../../../src/domain/ids'
import type { LiveTail } from '../../../src/projections/live/tail'
import { organizationId } from '../../support/runs'

const statusOf = ({ _tag }: SseRefusal): number =>
  ({ BadRequest: 400, Unauthenticated: 401, NotFound: 404, NotAcceptable: 406, CursorBeyondHead: 409 })[
    _tag as string
  ] ?? 500

export type Site = {
  readonly url: string
  readonly port: number
  readonly server: Server
  readonly close: (graceMs: number) => Promise<void>
  readonly stop: () => Promise<void>
}

/** The routes alone, on a port of their own: `Authorization: <roles>`, `X-Organization-ID` as given. */
export const startSite = async (tail: LiveTail, timing: NonNullable<SseDeps['timing']> = {}): Promise<Site> => {
  const { resources, close } = sseRoutes({
    tail,
    timing,
    authorize: ({ headers }) =>
      Promise.resolve(
        headers.authorization === undefined
          ? E.left({ _tag: 'Unauthenticated', reason: 'missing' })
          : E.right({
              organization: OrganizationId.is(headers['x-organization-id'])
                ? headers['x-organization-id']
                : organizationId,
              roles: headers.authorization.split(','),
              locale: 'en',
            }),
      ),
    refuse: (_, res, refusal) => void res.status(statusOf(refusal)).json(refusal),
  })
  const server = createServer(
    express().use(
      '/api/v1',
      routesOf(resources, () => (_, res) => void res.sendStatus(405)),
    ),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/api/v1/sse`,
    port,
    server,
    close,
    stop: async () => {
      const stopped = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await stopped
    },
  }
}
