import { type IncomingHttpHeaders, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import { addressNotAllowed, allowedAddresses } from './address'
import { guardedLookup } from './guarded-lookup'
import type { OutgoingPolicy } from './policy'

export type OutgoingRequest = {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export type OutgoingLimits = {
  readonly policy: OutgoingPolicy
  /** From the first look-up of the host to the last byte of the answer. */
  readonly timeoutMs: number
  readonly mostBytes: number
  readonly signal?: AbortSignal
}

export type OutgoingAnswer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }

const bareHost = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '')

const exchanged = (
  { method, url, headers = {}, body = '' }: OutgoingRequest,
  { policy, mostBytes }: OutgoingLimits,
  signal: AbortSignal,
): Promise<OutgoingAnswer> =>
  new Promise((resolve, reject) => {
    const open = url.protocol === 'https:' ? requestHttps : requestHttp
    const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const request = open(
      url,
      {
        method,
        headers: { accept: 'application/json', 'accept-encoding': 'identity', ...headers, ...length },
        lookup: guardedLookup(policy),
        signal,
      },
      (response) => {
        const chunks: Buffer[] = []
        let size = 0
        response.on('data', (chunk: Buffer) => {
          size += chunk.length
          chunks.push(chunk)
          if (size <= mostBytes) return
          chunks.length = 0
          reject(new Error(`an answer of more than ${mostBytes} bytes`))
          request.destroy()
        })
        response.on('error', reject)
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        )
        response.once('close', () => reject(new Error('the answer was cut off')))
      },
    )
    request.on('error', reject)
    request.end(body)
  })

/**
 * One request and its answer, whatever its status; redirects are answers. Only https, and only to addresses that the policy allows, unless it allows
 * private ones. Rejects with AddressNotAllowed, and when there is no answer in time or within its size.
 */
export const exchange = async (request: OutgoingRequest, limits: OutgoingLimits): Promise<OutgoingAnswer> => {
  const { policy, timeoutMs, signal } = limits
  const { url } = request
  if (url.protocol !== 'https:' && !policy.allowPrivateAddresses)
    throw addressNotAllowed(`${url.host} is to be reached by https`)
  // a numeric host is not looked up by the socket
  if (isIP(bareHost(url)) > 0) await allowedAddresses(url.hostname, policy)
  const late = AbortSignal.timeout(timeoutMs)
  try {
    return await exchanged(request, limits, signal === undefined ? late : AbortSignal.any([late, signal]))
  } catch (error) {
    throw late.aborted ? new Error(`no answer within ${timeoutMs} ms`) : error
  }
}
