import type { Locale } from '../../../domain/messages/entry'
import { type MadeDocument, stepOf } from '../../../domain/execution/state'
import { html, type Html, joined, paragraphs } from '../../../domain/html'
import { spokenTime } from '../../../domain/spoken-time'
import type { PageCall, Page } from '../on-page'
import { pathOf } from '../../request'
import type { ViewNonces } from '../view-nonce'
import { type Invited, type Over, tokenIn } from './invited'
import { type Mistake, words } from './words'

export const longestComment = 2_000

/** What a nonce stands for. */
export const subjectOf = ({ run, review, approver }: Invited): string =>
  `review/${run.executionId}/${review.review_id}/${approver.approver_id}`

export const documentsOf = ({ run }: Invited): ReadonlyArray<MadeDocument> =>
  run.documents.filter(({ expired_at }) => expired_at === undefined)

const sizeOf = (bytes: number, locale: Locale): string => {
  const [amount, unit] = bytes < 1_000_000 ? [bytes / 1_000, 'kilobyte'] : [bytes / 1_000_000, 'megabyte']
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(amount)
}

/** Beside the page, whatever path leads to it. */
const below = ({ req }: PageCall, path: string): string =>
  pathOf(req).endsWith('/') ? `./${path}` : `./${tokenIn(req)}/${path}`

const documentList = (call: PageCall, asked: Invited): Html => {
  const say = words[call.locale]
  const documents = documentsOf(asked)
  if (documents.length === 0) return html`<p class="soft">${say.noDocuments}</p>`
  const item = ({ document_id, personal: { file_name }, size }: MadeDocument) =>
    html`<li>
      <a href="${below(call, `documents/${document_id}`)}" download
        ><span>${file_name}</span><span class="soft">${sizeOf(size, call.locale)}</span></a
      >
    </li>`
  return html`<ul class="files">
    ${joined(documents.map(item))}
  </ul>`
}

/** What was sent and not accepted. */
type Sent = { readonly mistake: Mistake; readonly comment: string }
const statuses: Readonly<Record<Mistake, number>> = { stale: 403, undecided: 422, too_long: 422 }

const alertOf = (locale: Locale, { mistake }: Sent): Html =>
  html`<div class="alert" role="alert" tabindex="-1" autofocus><p>${words[locale].mistakes[mistake]}</p></div>`

const commentField = (locale: Locale, sent: Sent | undefined): Html => {
  const say = words[locale]
  const invalid = { html: sent?.mistake === 'too_long' ? ' aria-invalid="true"' : '' }
  return html`<label for="comment">${say.comment}</label>
    <textarea id="comment" name="comment" rows="4" maxlength="${longestComment}" aria-describedby="hint" ${invalid}>
${sent?.comment ?? ''}</textarea>
    <p class="soft" id="hint">${say.hint}</p>`
}

/** The review as an approver sees it. Nothing changes by looking. */
export const reviewPage = (nonces: ViewNonces, call: PageCall, asked: Invited, sent?: Sent): Page => {
  const { locale } = call
  const say = words[locale]
  const { run, review, approver } = asked
  const title = say.title(run.workflowName)
  const until = say.until(spokenTime(review.expires_at, locale), review.auto_approve)
  const label = stepOf(run, review.step_id)?.label ?? ''
  const body = html`${sent === undefined ? '' : alertOf(locale, sent)}
    <h1>${title}</h1>
    <p class="soft">${say.step(label)}</p>
    ${
      review.message === ''
        ? ''
        : html`<h2>${say.message}</h2>
            <div class="message">${paragraphs(review.message)}</div>`
    }
    <h2>${say.documents}</h2>
    ${documentList(call, asked)}
    <form method="post" aria-labelledby="decision">
      <h2 id="decision">${say.decision}</h2>
      <p>${say.consequences}</p>
      <p>${until}</p>
      <input type="hidden" name="nonce" value="${nonces.issue(subjectOf(asked))}" />
      ${commentField(locale, sent)}
      <div class="buttons">
        <button name="decision" value="approved">${say.approve}</button>
        <button name="decision" value="rejected" class="no">${say.reject}</button>
      </div>
    </form>
    <p class="soft">${say.as(approver.email)}</p>`
  return sent === undefined
    ? { status: 200, title, body }
    : { status: statuses[sent.mistake], title: `${say.error}: ${title}`, body }
}

/** What became of a review that waits no more. */
export const overPage = (locale: Locale, workflow: string, over: Over): Page => {
  const say = words[locale]
  const title = say.over[over.how]
  const body = html`<h1>${title}</h1>
    <p class="soft">${say.title(workflow)}</p>
    ${over.at === undefined ? '' : html`<p>${say.when(spokenTime(over.at, locale), over)}</p>`}`
  return { status: 410, title, body }
}

export const thanksPage = (locale: Locale, workflow: string, how: 'approved' | 'rejected'): Page => {
  const { title, detail } = words[locale].thanks[how]
  const body = html`<h1>${title}</h1>
    <p class="soft">${words[locale].title(workflow)}</p>
    <p role="status">${detail}</p>`
  return { status: 200, title, body }
}
