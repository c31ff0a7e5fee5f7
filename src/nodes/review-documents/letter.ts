import type { Locale } from '../../domain/messages/entry'
import { html, paragraphs } from '../../domain/html'
import { spokenTime } from '../../domain/spoken-time'
import { type Message, oneLine } from '../email/message'

/** What an approver is told; `link` is the approver's own. */
export type Invitation = {
  readonly email: string
  readonly workflow: string
  readonly label: string
  readonly message: string
  /** RFC 3339 */
  readonly expiresAt: string
  readonly autoApprove: boolean
  readonly link: string
}

type Words = {
  readonly subject: (workflow: string) => string
  readonly asked: (workflow: string, label: string) => string
  readonly button: string
  readonly until: (time: string, autoApprove: boolean) => string
  readonly own: string
}

export const letterWords: Readonly<Record<Locale, Words>> = {
  'pt-BR': {
    subject: (workflow) => `Sua revisão foi pedida: ${workflow}`,
    asked: (workflow, label) => `O fluxo "${workflow}" espera a sua decisão na etapa "${label}".`,
    button: 'Ver os documentos e decidir',
    until: (time, autoApprove) =>
      `Você pode decidir até ${time}. ${autoApprove ? 'Depois disso, vale como aprovado.' : 'Depois disso, a execução termina sem aprovação.'}`,
    own: 'Este link é só seu: quem o abrir pode decidir em seu nome. Não o encaminhe.',
  },
  en: {
    subject: (workflow) => `Your review is requested: ${workflow}`,
    asked: (workflow, label) => `The workflow "${workflow}" waits for your decision at the step "${label}".`,
    button: 'See the documents and decide',
    until: (time, autoApprove) =>
      `You can decide until ${time}. ${autoApprove ? 'After that it counts as approved.' : 'After that the run ends without approval.'}`,
    own: 'This link is yours alone: whoever opens it can decide in your name. Do not forward it.',
  },
}

const buttonStyle =
  'display:inline-block;padding:12px 20px;border-radius:6px;background:#0b57d0;color:#ffffff;text-decoration:none'

/** The same in text and in HTML. */
export const letterOf = (invitation: Invitation, locale: Locale): Message => {
  const { email, workflow, label, message, expiresAt, autoApprove, link } = invitation
  const say = letterWords[locale]
  const asked = say.asked(workflow, label)
  const until = say.until(spokenTime(expiresAt, locale), autoApprove)
  const body = html`<!doctype html>
    <html lang="${locale}">
      <meta charset="utf-8" />
      <body style="font:16px/1.5 sans-serif;color:#1b1b1b">
        <p>${asked}</p>
        ${paragraphs(message)}
        <p><a href="${link}" style="${buttonStyle}">${say.button}</a></p>
        <p>${until}</p>
        <p>${say.own}</p>
        <p style="color:#5f6368;overflow-wrap:anywhere">${link}</p>
      </body>
    </html>`
  return {
    to: [email],
    cc: [],
    bcc: [],
    subject: oneLine(say.subject(workflow)),
    body: body.html,
    bodyType: 'html',
    plain: [asked, ...(message === '' ? [] : [message]), `${say.button}:\n${link}`, until, say.own].join('\n\n'),
  }
}
