import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import * as TE from 'fp-ts/TaskEither'
import type { Authenticate } from './auth/authenticate'
import { listConnections, listTemplates, listWorkflows } from './catalog'
import type { Keyed } from './canonical'
import { archiveConnection } from './connections/archive'
import { createConnection } from './connections/create'
import { readConnection } from './connections/read'
import { type ProbeConnection, tryConnection } from './connections/test'
import { updateConnection } from './connections/update'
import type { Commanding } from './deps'
import { readDocument, readDocuments } from './documents/read'
import type { ApiError } from './error'
import { readAudit } from './executions/audit'
import { cancelExecution } from './executions/cancel'
import { createExecution } from './executions/create'
import { readEffects } from './executions/effects'
import { pauseExecution } from './executions/pause'
import { listExecutions, readExecution, readLogs, readSteps } from './executions/read'
import { preflightWorkflow, readPreflight } from './executions/preflight'
import { resumeExecution } from './executions/resume'
import { retryExecution } from './executions/retry'
import { type Dependencies, live, ready } from './health/health'
import type { Log } from './log'
import { on } from './on'
import { onPage } from './pages/on-page'
import { reviewPages } from './pages/review'
import type { ViewNonces } from './pages/view-nonce'
import { pathOf, readerOf, traceOf } from './request'
import { sendProblem } from './send'
import { type Methods, routesOf } from './routes'
import type { SseRoutes } from './sse'
import { listVersions, readTags, readTemplate } from './templates/read'
import { addVersion, uploadTemplate } from './templates/upload'
import { receiveHubSpot } from './webhooks/hubspot/receive'
import { receiveWebhook } from './webhooks/receive'
import { defineWorkflow, reviseWorkflow } from './workflows/define'
import { readWorkflow } from './workflows/read'
import { activateWorkflow, archiveWorkflow } from './workflows/steer'
import type { AuditQueries } from '../projections/audit/queries'
import type { CatalogQueries } from '../projections/catalog/queries'
import type { EventStore } from '../domain/event-store'
import type { ExecutionQueries } from '../projections/executions/queries'
import type { Checks, Probes } from '../nodes/preflight'
import type { DocxEngine } from '../nodes/template-inspection'
import type { BlobStore } from '../stores/blobs/blob-store'
import type { SecretStore } from '../stores/secrets/secret-store'

export type Deps = {
  readonly authenticate: Authenticate
  readonly log: Log
  readonly store: Commanding['store'] & Pick<EventStore, 'subscribe' | 'tail'>
  readonly keyed: Keyed
  readonly canMail: boolean
  /** How others reach the API. */
  readonly publicUrl: string
  readonly checks: Checks
  readonly probes: Probes
  readonly nonces: ViewNonces
  readonly blobs: BlobStore
  readonly secrets: SecretStore
  readonly engine: Pick<DocxEngine, 'inspectTemplate'>
  readonly probeConnection: ProbeConnection
  readonly executions: ExecutionQueries
  readonly audit: AuditQueries
  readonly catalog: CatalogQueries
  readonly dependencies: Dependencies
  readonly isStopping: () => boolean
  /** The live stream's routes, below `/api/v1`. */
  readonly live: SseRoutes['resources']
}

const resources = (deps: Deps): Readonly<Record<string, Methods>> => {
  const all = { ...deps, on: on(deps) }
  return {
    '/workflows': { get: listWorkflows(all), post: defineWorkflow(all) },
    '/workflows/:id': { get: readWorkflow(all), put: reviseWorkflow(all) },
    '/workflows/:id/activate': { post: activateWorkflow(all) },
    '/workflows/:id/archive': { post: archiveWorkflow(all) },
    '/workflows/:id/preflight': { post: preflightWorkflow(all) },
    '/workflows/:id/executions': { post: createExecution(all) },
    '/templates': { get: listTemplates(all), post: uploadTemplate(all) },
    '/templates/:id': { get: readTemplate(all) },
    '/templates/:id/tags': { get: readTags(all) },
    '/templates/:id/versions': { get: listVersions(all), post: addVersion(all) },
    '/connections': { get: listConnections(all), post: createConnection(all) },
    '/connections/:id': { get: readConnection(all), put: updateConnection(all), delete: archiveConnection(all) },
    '/connections/:id/test': { post: tryConnection(all) },
    '/executions': { get: listExecutions(all) },
    '/executions/:id': { get: readExecution(all) },
    '/executions/:id/preflight': { get: readPreflight(all) },
    '/executions/:id/steps': { get: readSteps(all) },
    '/executions/:id/logs': { get: readLogs(all) },
    '/executions/:id/audit': { get: readAudit(all) },
    '/executions/:id/documents': { get: readDocuments(all) },
    '/executions/:id/effects': { get: readEffects(all) },
    '/executions/:id/resume': { post: resumeExecution(all) },
    '/executions/:id/pause': { post: pauseExecution(all) },
    '/executions/:id/cancel': { post: cancelExecution(all) },
    '/executions/:id/retry': { post: retryExecution(all) },
    '/documents/:id': { get: readDocument(all) },
    '/webhooks/hubspot/:connection_id': { post: receiveHubSpot(all) },
    '/webhooks/:workflow_id/:token': { post: receiveWebhook(all) },
  }
}

const refuse =
  (error: ApiError): RequestHandler =>
  (req, res) =>
    sendProblem(res, error, readerOf(req))

const traced =
  (log: Log): RequestHandler =>
  (req, res, next) => {
    const since = performance.now()
    const trace = traceOf(req)
    res.set({
      'X-Correlation-ID': trace.correlationId,
      traceparent: trace.traceparent,
      'X-Content-Type-Options': 'nosniff',
    })
    res.once('close', () => {
      const ms = Math.round(performance.now() - since)
      log.answered(trace, { method: req.method, path: pathOf(req), status: res.statusCode, ms })
    })
    next()
  }

const isBadPath = (error: unknown): boolean => error instanceof URIError

/** What was thrown is a fault of ours; the answer says no more than that. */
const failed =
  (log: Log): ErrorRequestHandler =>
  (error: unknown, req, res, _next) => {
    if (isBadPath(error) && !res.headersSent) {
      sendProblem(res, { _tag: 'RouteNotFound' }, readerOf(req))
      return
    }
    log.failed(traceOf(req), error)
    if (res.headersSent) return void res.destroy()
    sendProblem(res, { _tag: 'Unexpected' }, readerOf(req))
  }

export const app = (deps: Deps): Express => {
  const server = express()
  server.disable('x-powered-by').disable('etag').set('query parser', false).set('case sensitive routing', true)
  server.use(traced(deps.log))
  server.use(
    routesOf(
      { '/health/live': { get: live }, '/health/ready': { get: ready(deps.dependencies, deps.isStopping) } },
      refuse,
    ),
  )
  server.use('/api/v1', routesOf({ ...resources(deps), ...deps.live }, refuse))
  const page = onPage(deps.log)
  const refusePage = (error: ApiError) => page(() => TE.left(error))
  server.use('/review', routesOf(reviewPages(page, deps), refusePage), refusePage({ _tag: 'RouteNotFound' }))
  server.use(refuse({ _tag: 'RouteNotFound' }))
  server.use(failed(deps.log))
  return server
}
