import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/Either'

export type FileDestination = { readonly kind: 'file'; readonly folder: string }
export type S3Destination = {
  readonly kind: 's3'
  readonly bucket: string
  readonly prefix: string
  readonly endpoint: URL | undefined
  readonly region: string
}
export type Destination = FileDestination | S3Destination

const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

const segmentsOf = (path: string): ReadonlyArray<string> => path.split('/').filter((segment) => segment !== '')

const climbs = (path: string): boolean => path.split(/[/\\]/).includes('..') || path.includes('\0')

const fileDestination = (url: string): E.Either<string, FileDestination> => {
  const rest = url.slice('file:'.length)
  if (climbs(decodeURIComponent(rest))) return E.left('may not climb out of its folder')
  if (rest.startsWith('./')) return E.right({ kind: 'file', folder: rest })
  return rest.startsWith('/')
    ? E.right({ kind: 'file', folder: fileURLToPath(url) })
    : E.left('must be file:/… or file:./…')
}

const endpointOf = (text: string | null): E.Either<string, URL | undefined> => {
  if (text === null) return E.right(undefined)
  if (!URL.canParse(text)) return E.left('has an endpoint that is not an address')
  const endpoint = new URL(text)
  const plain = endpoint.username === '' && endpoint.password === '' && /^https?:$/.test(endpoint.protocol)
  return plain ? E.right(endpoint) : E.left('has an endpoint that is not http or https')
}

const s3Destination = (url: URL): E.Either<string, S3Destination> => {
  const unknown = [...url.searchParams.keys()].filter((key) => key !== 'endpoint' && key !== 'region')
  const endpoint = endpointOf(url.searchParams.get('endpoint'))
  if (E.isLeft(endpoint)) return endpoint
  if (url.username !== '' || url.password !== '') return E.left('may not hold credentials')
  if (unknown.length > 0) return E.left(`has unknown settings: ${unknown.join(', ')}`)
  if (!bucketName.test(url.hostname)) return E.left('has no valid bucket name')
  return E.right({
    kind: 's3',
    bucket: url.hostname,
    prefix: segmentsOf(decodeURIComponent(url.pathname)).join('/'),
    endpoint: endpoint.right,
    region: url.searchParams.get('region') ?? 'us-east-1',
  })
}

/** `file:/folder`, `file:./folder` or `s3://bucket/prefix?endpoint=…&region=…`. */
export const destinationOf = (url: string): E.Either<string, Destination> => {
  try {
    if (url.startsWith('file:')) return fileDestination(url)
    if (url.startsWith('s3://') && URL.canParse(url)) return s3Destination(new URL(url))
  } catch {
    return E.left('is not an address')
  }
  return E.left('must begin with file: or s3://')
}
