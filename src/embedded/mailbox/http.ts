import { createServer, type Server } from 'node:http'
import { find, list, source } from './folder'
import { attachmentContents, type Message } from './message'
import { listPage, messagePage } from './page'

type Answer = {
  readonly status: number
  readonly type: string
  readonly body: string | Buffer
  readonly download?: string
}

const page = (body: string): Answer => ({ status: 200, type: 'text/html; charset=utf-8', body })
const json = (value: unknown): Answer => ({
  status: 200,
  type: 'application/json',
  body: JSON.stringify(value, undefined, 2),
})
const missing: Answer = { status: 404, type: 'text/plain; charset=utf-8', body: 'There is no such page.\n' }
const foreign: Answer = { status: 421, type: 'text/plain; charset=utf-8', body: 'Only for this machine.\n' }

const attachment = async (folder: string, message: Message, index: number): Promise<Answer> => {
  const contents = await attachmentContents(await source(folder, message))
  const [about, body] = [message.attachments[index], contents[index]]
  if (about === undefined || body === undefined) return missing
  return { status: 200, type: 'application/octet-stream', body, download: about.filename }
}

const answer = async (folder: string, path: string): Promise<Answer> => {
  if (path === '/') return page(listPage(await list(folder)))
  if (path === '/messages') return json(await list(folder))
  const [, view, mail, eml, index] =
    /^\/(?:view\/([\w-]+)|messages\/([\w-]+)(\.eml)?(?:\/attachments\/(\d{1,4}))?)$/.exec(path) ?? []
  const message = await find(folder, view ?? mail ?? '')
  if (message === undefined) return missing
  if (view !== undefined) return page(messagePage(message))
  if (index !== undefined) return attachment(folder, message, Number(index))
  if (eml === undefined) return json(message)
  const body = await source(folder, message)
  return { status: 200, type: 'application/octet-stream', body, download: `${message.id}.eml` }
}

const disposition = (name: string) =>
  `attachment; filename*=UTF-8''${encodeURIComponent(name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)}`

/** A page in another tab must not read the mail through a name that points here. */
const isLocal = (host: string | undefined) => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '')

/** The mail to look at: `/` and `/view/<id>` for people, `/messages` and `/messages/<id>[.eml | /attachments/<n>]` for programs. */
export const mailServer = (folder: string): Server =>
  createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    const answered = isLocal(request.headers.host) ? answer(folder, path) : Promise.resolve(foreign)
    answered
      .catch((): Answer => ({ ...missing, status: 500, body: 'The mailbox could not read its folder.\n' }))
      .then(
        ({ status, type, body, download }) => {
          response.writeHead(status, {
            'content-type': type,
            'content-security-policy':
              "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
            'x-content-type-options': 'nosniff',
            'referrer-policy': 'no-referrer',
            'cache-control': 'no-store',
            ...(download === undefined ? {} : { 'content-disposition': disposition(download) }),
          })
          response.end(request.method === 'HEAD' ? undefined : body)
        },
        () => response.destroy(),
      )
  })
