import { mkdirSync } from 'node:fs'
import { mailServer } from './http'
import { keep } from './folder'
import { smtpServer } from './smtp'

const { MAILBOX_DIR: folder = '.data/mail', MAILBOX_HOST: host = '127.0.0.1', SMTP_PORT, MAIL_PORT } = process.env

mkdirSync(folder, { recursive: true })
const smtp = smtpServer((envelope, raw) => keep(folder, envelope, raw))
const pages = mailServer(folder)
smtp.on('error', (error) => {
  console.error(error.message)
})
smtp.listen(Number(SMTP_PORT ?? 2525), host)
pages.listen(Number(MAIL_PORT ?? 8025), host)

const stop = () => {
  smtp.close()
  pages.close()
  pages.closeAllConnections()
}
process.once('SIGTERM', stop).once('SIGINT', stop)
