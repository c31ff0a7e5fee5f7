import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as T from 'fp-ts/Task'
import * as TE from 'fp-ts/TaskEither'
import type { Connection } from '../../domain/connection'
import { recentlyUsed } from '../../domain/recently-used'
import type { JsonObject } from '../../domain/json'
import type { TemplateVersion } from '../../domain/template'
import type { Node } from '../../domain/workflow-definition'
import type { BlobStore } from '../../stores/blobs/blob-store'
import type { SecretOutcome, SecretStore } from '../../stores/secrets/secret-store'
import { connectionTypeOf } from '../connections/registry'
import type { Finding, LookUp } from '../contract'
import type { OutgoingPolicy } from '../outgoing/policy'
import { nodeTypeOf } from '../registry'
import type { DocxEngine, TemplateFault } from '../uploaded-document/docx'
import { findingOfDocx } from '../uploaded-document/docx-finding'

type Findings = ReadonlyArray<Finding>

/**
 * What is found outside of docg's definitions, within 3 s; nothing is changed there. What was found of the same in the last minute is given again,
 * unless a `fresh` answer is asked for: that something was well does not say that it is.
 */
export type Probes = {
  /** Whether its provider lets it in and takes what it is sent. */
  readonly connection: (connection: Connection, fresh: boolean) => T.Task<Findings>
  /** Whether its file is there and still good by the rules of this version. */
  readonly template: (version: TemplateVersion, fresh: boolean) => T.Task<Findings>
  /** What the data of a trigger stand for, or what is in the way; undefined where there is nothing to look up. Never an answer from before. */
  readonly source: (trigger: Node, connection: LookUp['connection'], data: JsonObject) => T.Task<LookedUp | undefined>
}

export type LookedUp = E.Either<Findings, JsonObject>

export type ProbeSources = {
  readonly secrets: Pick<SecretStore, 'get' | 'renew'>
  readonly outgoing: OutgoingPolicy
  readonly probeConnection: (connection: Connection, secret: SecretOutcome) => T.Task<Findings>
  readonly blobs: Pick<BlobStore, 'get'>
  readonly docx: Pick<DocxEngine, 'inspectTemplate'>
}

const longestMs = 3_000
const keptMs = 60_000
const mostKept = 2_000

const inTime =
  (probe: T.Task<Findings>, late: Finding): T.Task<Findings> =>
  () =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve([late]), longestMs)
      probe()
        .finally(() => clearTimeout(timer))
        .then(resolve, reject)
    })

const providerOf = ({ connectionType }: Connection): string =>
  connectionTypeOf(connectionType)?.provider ?? connectionType

const unconfirmed = (provider: string, tech: string): Finding => ({
  code: 'permissions.check_unavailable',
  params: { provider },
  tech,
})

const passing: ReadonlyArray<Finding['code']> = ['service_unavailable', 'rate_limited', 'timeout']

/** What may pass says nothing about the connection. */
const confirmed =
  (provider: string) =>
  (finding: Finding): Finding =>
    passing.includes(finding.code) ? unconfirmed(provider, finding.tech) : finding

const ofConnection = (
  { secrets, probeConnection }: ProbeSources,
  connection: Connection,
  provider: string,
): T.Task<Findings> =>
  pipe(
    secrets.get(connection.organizationId, connection.connectionId),
    TE.foldW(
      ({ reason }): T.Task<Findings> => T.of([unconfirmed(provider, reason)]),
      (secret) => probeConnection(connection, secret),
    ),
    T.map((found) => found.map(confirmed(provider))),
  )

const notNow = (tech: string): Finding => ({ code: 'service_unavailable', params: { provider: 'docg' }, tech })

const ofFault = ({ code, findings, tech }: TemplateFault): Findings =>
  code === 'rate_limited' || code === 'timeout'
    ? [notNow(tech)]
    : findings.map((found) => findingOfDocx('', found, tech))

const ofTemplate = ({ blobs, docx }: ProbeSources, { sha256 }: TemplateVersion): T.Task<Findings> =>
  pipe(
    blobs.get(sha256),
    TE.mapLeft((error): Findings =>
      error._tag === 'BlobNotFound'
        ? [{ code: 'template.unreadable', params: {}, tech: `file ${sha256} is gone or damaged` }]
        : [notNow(error.reason)],
    ),
    TE.chain((bytes) => pipe(docx.inspectTemplate(bytes), TE.mapLeft(ofFault))),
    TE.match(
      (found) => found,
      ({ errors }) => errors.map((found) => findingOfDocx('', found, 'the template has errors')),
    ),
  )

const ofSource =
  ({ secrets, outgoing }: ProbeSources): Probes['source'] =>
  ({ node_type, config }, connection, trigger) => {
    const lookUp = nodeTypeOf(node_type)?.lookUp
    if (lookUp === undefined) return T.of(undefined)
    return async () => {
      const signal = AbortSignal.timeout(longestMs)
      const late = new Promise<LookedUp>((resolve) => {
        signal.addEventListener('abort', () => {
          resolve(E.left([unconfirmed(node_type, `no answer within ${longestMs} ms`)]))
        })
      })
      return Promise.race([lookUp(config, { trigger, connection, secrets, outgoing, signal })(), late])
    }
  }

type Kept = { readonly since: number; readonly found: Promise<E.Either<unknown, Findings>> }

/** One for each process. A probe that is under way is waited for by whoever asks meanwhile, unless it has to be fresh. */
export const probesOf = (sources: ProbeSources, now: () => number = () => performance.now()): Probes => {
  const kept = recentlyUsed<string, Kept>(mostKept, () => 1)
  const remembered =
    (key: string, fresh: boolean, probe: T.Task<Findings>, failed: (tech: string) => Finding): T.Task<Findings> =>
    async () => {
      const known = kept.get(key)
      const isRecent = known !== undefined && !fresh && now() - known.since < keptMs
      const asked = isRecent ? known : { since: now(), found: TE.tryCatch(probe, (error) => error)() }
      if (!isRecent) kept.keep(key, asked)
      const found = await asked.found
      return E.isRight(found) ? found.right : [failed(String(found.left))]
    }
  return {
    connection: (connection, fresh) => {
      const provider = providerOf(connection)
      const late = unconfirmed(provider, `no answer within ${longestMs} ms`)
      return remembered(
        `connection ${connection.connectionId} ${connection.version}`,
        fresh,
        inTime(ofConnection(sources, connection, provider), late),
        (tech) => unconfirmed(provider, tech),
      )
    },
    template: (version, fresh) =>
      remembered(
        `template ${version.sha256}`,
        fresh,
        inTime(ofTemplate(sources, version), notNow(`the template was not read within ${longestMs} ms`)),
        notNow,
      ),
    source: ofSource(sources),
  }
}
