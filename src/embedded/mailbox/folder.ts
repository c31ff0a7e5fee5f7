import { randomBytes } from 'node:crypto'
import { open, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type Envelope, type Message, parseMessage } from './message'

/** How many mails of the same Message-ID are here: more than one is a mail sent twice. */
export type Listed = Message & { readonly copies: number }

const listLimit = 500
const idPattern = /^\d{8}T\d{9}Z-[0-9a-f]{8}$/

const newId = (at: Date) => `${at.toISOString().replaceAll(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`

const writeDurably = async (folder: string, name: string, content: Buffer | string): Promise<void> => {
  const file = await open(join(folder, `.${name}`), 'w')
  await file.writeFile(content)
  await file.sync()
  await file.close()
  await rename(join(folder, `.${name}`), join(folder, name))
}

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  await handle.sync()
  await handle.close()
}

/** Keeps a mail as .eml and .json; both are on disk when this resolves. */
export const keep = async (folder: string, envelope: Envelope, raw: Buffer): Promise<Message> => {
  const now = new Date()
  const message = await parseMessage(newId(now), now, envelope, raw)
  await writeDurably(folder, `${message.id}.eml`, raw)
  await writeDurably(folder, `${message.id}.json`, JSON.stringify(message, undefined, 2))
  await syncFolder(folder)
  return message
}

const read = async (folder: string, id: string): Promise<Message> =>
  JSON.parse(await readFile(join(folder, `${id}.json`), 'utf8')) as Message

/** The newest mails, newest first. */
export const list = async (folder: string): Promise<ReadonlyArray<Listed>> => {
  const ids = (await readdir(folder)).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5))
  const newest = ids
    .filter((id) => idPattern.test(id))
    .sort()
    .reverse()
  const messages = await Promise.all(newest.slice(0, listLimit).map((id) => read(folder, id)))
  const copies = (of: Message) => messages.filter(({ messageId }) => messageId === of.messageId).length
  return messages.map((message) => ({ ...message, copies: message.messageId === '' ? 1 : copies(message) }))
}

export const find = async (folder: string, id: string): Promise<Message | undefined> =>
  idPattern.test(id) ? read(folder, id).catch(() => undefined) : undefined

/** The mail as it arrived. */
export const source = (folder: string, message: Message): Promise<Buffer> => readFile(join(folder, `${message.id}.eml`))
