import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import type { Connection } from '../../../src/domain/connection'
import { ConnectionId, derivedId } from '../../../src/domain/ids'
import type { TemplateVersion } from '../../../src/domain/template'
import { probeConnection } from '../../../src/nodes/connections/probe'
import type { Finding } from '../../../src/nodes/contract'
import { decodeNodes, gather, probesOf, wholeRun } from '../../../src/nodes/preflight'
import type { ProbeSources } from '../../../src/nodes/preflight/probes'
import { docxEngine } from '../../../src/nodes/template-inspection'
import type { BlobNotFound } from '../../../src/stores/blobs/blob-store'
import { templateDocx } from '../../support/docx'
import { connectionOf, organizationId, templateId } from '../../support/node-run'
import { right } from '../../support/send'
import { until } from '../../support/until'

const refused: Finding = { code: 'delivery.smtp_auth_failed', params: {}, tech: '535' }
const away: Finding = { code: 'service_unavailable', params: { provider: 'storage' }, tech: 'no answer' }

const gone: BlobNotFound = { _tag: 'BlobNotFound', sha256: 'ab' }
const none: ProbeSources = {
  secrets: { get: () => TE.of(E.right(undefined)), renew: () => TE.of(E.right(undefined)) },
  outgoing: { allowPrivateAddresses: true, fileRoot: undefined },
  probeConnection: () => () => Promise.resolve([]),
  blobs: { get: () => TE.left(gone) },
  docx: {
    inspectTemplate: () => TE.left({ _tag: 'TemplateFault', code: 'rate_limited', params: {}, tech: '', findings: [] }),
  },
}

const mail = connectionOf('smtp', { host: '127.0.0.1', port: 25, from: 'docs@example.com' })
const versionOf = (sha256: string): TemplateVersion => ({
  version: 1,
  sha256,
  size: 1,
  file_name: 'a.docx',
  tags: [],
  loops: [],
  tree: [],
  warnings: [],
})

/** A provider that answers what it is told to, and counts. */
const provider = (...answers: ReadonlyArray<ReadonlyArray<Finding>>) => {
  let asked = 0
  const probeOnce: ProbeSources['probeConnection'] = () => () => {
    asked += 1
    return Promise.resolve(answers[asked - 1] ?? [])
  }
  return { probe: probeOnce, asked: () => asked }
}

describe('what lies outside of docg', () => {
  const codesOf = (found: ReadonlyArray<Finding>) => found.map(({ code }) => code)

  describe('is asked of a provider', () => {
    it('once a minute for each version of a connection', async () => {
      let clock = 0
      const { probe, asked } = provider([refused])
      const probes = probesOf({ ...none, probeConnection: probe }, () => clock)
      expect(await probes.connection(mail, false)()).to.deep.equal([refused])
      clock = 59_999
      expect(await probes.connection({ ...mail, name: 'Renamed' }, false)()).to.deep.equal([refused])
      expect(asked()).to.equal(1)
      expect(await probes.connection({ ...mail, version: 2 }, false)()).to.deep.equal([])
      expect(asked()).to.equal(2)
      clock = 60_000
      expect(await probes.connection(mail, false)()).to.deep.equal([])
      expect(asked()).to.equal(3)
    })

    it('again when somebody goes on with a run: that it was well does not say that it is', async () => {
      const { probe, asked } = provider([], [refused])
      const probes = probesOf({ ...none, probeConnection: probe })
      expect(await probes.connection(mail, false)()).to.deep.equal([])
      expect(await probes.connection(mail, true)()).to.deep.equal([refused])
      expect(await probes.connection(mail, false)()).to.deep.equal([refused])
      expect(asked()).to.equal(2)
    })

    it('once for all who ask at the same time', async () => {
      let answer: (found: ReadonlyArray<Finding>) => void = () => undefined
      let asked = 0
      const probes = probesOf({
        ...none,
        probeConnection: () => () => {
          asked += 1
          return new Promise((resolve) => (answer = resolve))
        },
      })
      const all = Promise.all([1, 2, 3].map(() => probes.connection(mail, false)()))
      await until(() => asked > 0)
      answer([refused])
      expect(await all).to.deep.equal([[refused], [refused], [refused]])
      expect(asked).to.equal(1)
    })

    it('and what may pass, or is not known here, only says that it could not be confirmed', async () => {
      const unconfirmed = { code: 'permissions.check_unavailable', params: { provider: 'SMTP' } }
      const cases: ReadonlyArray<Partial<ProbeSources>> = [
        { probeConnection: provider([away]).probe },
        { probeConnection: () => () => Promise.reject(new Error('a bug')) },
        { secrets: { ...none.secrets, get: () => TE.left({ _tag: 'SecretStoreUnavailable', reason: 'no database' }) } },
      ]
      for (const change of cases) {
        const [found] = await probesOf({ ...none, ...change }).connection(mail, false)()
        expect(found).to.deep.include(unconfirmed)
      }
    })
  })

  describe('is seen in the file of a template', () => {
    const engine = docxEngine({ threads: 1 })
    after(() => engine.close())

    const probeFile = async (bytes: Uint8Array | undefined) => {
      const blobs: ProbeSources['blobs'] = { get: () => (bytes === undefined ? TE.left(gone) : TE.of(bytes)) }
      return codesOf(await probesOf({ ...none, blobs, docx: engine }).template(versionOf('ab'), false)())
    }

    it('when it is good', async () => {
      expect(await probeFile(await templateDocx('Hello {{name}}'))).to.deep.equal([])
    })

    it('when it is gone, or not good by the rules of today', async () => {
      expect(await probeFile(undefined)).to.deep.equal(['template.unreadable'])
      expect(await probeFile(Buffer.from('hello'))).to.deep.equal(['template.unreadable'])
      expect(await probeFile(await templateDocx('{{#open}}'))).to.deep.equal(['template.syntax_error'])
      expect(await probeFile(await templateDocx('{{@raw}}'))).to.deep.equal(['template.unsafe_content'])
    })

    it('unless docg itself has no answer now, which does not block', async () => {
      const busy = probesOf({ ...none, blobs: { get: () => TE.of(Buffer.from('x')) } })
      expect(codesOf(await busy.template(versionOf('ab'), false)())).to.deep.equal(['service_unavailable'])
      const lost = probesOf({ ...none, blobs: { get: () => TE.left({ _tag: 'BlobStoreUnavailable', reason: 'x' }) } })
      expect(codesOf(await lost.template(versionOf('ab'), false)())).to.deep.equal(['service_unavailable'])
    })
  })

  describe('is asked for all at once', () => {
    const sockets = new Set<Socket>()
    let silent: Server
    before(async () => {
      silent = createServer((socket) => {
        sockets.add(socket.on('error', () => undefined))
      })
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    })
    after(() => {
      for (const socket of sockets) socket.destroy()
      silent.close()
    })

    const ids = Array.from({ length: 10 }, (_, n) => derivedId(ConnectionId, organizationId, String(n)))
    const nodesWith = (...more: ReadonlyArray<object>) =>
      right(
        decodeNodes([
          { node_type: 'manual', label: 'Start', config: {} },
          ...ids.map((connection_id) => ({ node_type: 'email', label: 'Send', config: { connection_id } })),
          ...more,
        ]),
      )
    const dead = (connectionId: ConnectionId): Connection => ({
      ...mail,
      connectionId,
      config: { ...mail.config, port: (silent.address() as AddressInfo).port },
    })

    it('of ten servers that say nothing, each is told, and none waits for another', async () => {
      const probes = probesOf({
        ...none,
        probeConnection: (connection, secret) => probeConnection(connection, secret, none),
      })
      let isOver = false
      const facts = gather({
        template: () => TE.of(undefined),
        connection: (id: ConnectionId) => TE.of(dead(id)),
        canMail: true,
        probes,
      })(nodesWith(), { trigger: {}, purpose: wholeRun })().then((found) => {
        isOver = true
        return right(found)
      })
      await until(() => sockets.size === ids.length)
      expect(isOver).to.equal(false)
      const { probed = {} } = await facts
      expect(Object.keys(probed).sort()).to.deep.equal([...ids].sort())
      for (const found of Object.values(probed)) expect(codesOf(found)).to.deep.equal(['delivery.smtp_unreachable'])
    }).timeout(20_000)

    it('and only of what is needed by nodes that are checked', async () => {
      const asked: string[] = []
      const probes = {
        connection: ({ connectionId }: Connection) => {
          asked.push(connectionId)
          return () => Promise.resolve([])
        },
        template: ({ sha256 }: TemplateVersion) => {
          asked.push(sha256)
          return () => Promise.resolve([])
        },
        source: () => () => Promise.resolve(undefined),
      }
      const sources = {
        template: () => TE.of({ version: versionOf('used'), newest: 2 }),
        connection: (id: ConnectionId) => TE.of(dead(id)),
        canMail: true,
        probes,
      }
      const nodes = nodesWith({
        node_type: 'uploaded-document',
        label: 'Generate',
        config: { template_id: templateId },
      })
      const gathered = async (asking: object) => {
        asked.length = 0
        await gather(sources)(nodes, { trigger: {}, purpose: wholeRun, ...asking })()
        return asked.toSorted()
      }
      expect(await gathered({ purpose: { dryRun: false, untilPhase: 'render' } })).to.deep.equal(['used'])
      const only = nodes.slice(1, 2).map(({ node_id }) => node_id)
      expect(await gathered({ purpose: { ...wholeRun, only } })).to.deep.equal(ids.slice(0, 1))
    })
  })
})
