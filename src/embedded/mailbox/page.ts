import { escaped, html, type Html, joined } from '../../domain/html'
import { type Listed } from './folder'
import { type Message } from './message'

const style = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:64rem;padding:0 1rem;color:#1b1b1b;background:#fff}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #ccc;vertical-align:top}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f4f4;padding:1rem}.twice{color:#a40000;font-weight:600}`

const page = (title: string, body: Html): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>
<style>${style}</style><h1>${escaped(title)}</h1>${body.html}</html>`

const row = (message: Listed) =>
  html`<tr>
    <td><time>${message.receivedAt}</time></td>
    <td>
      <a href="/view/${message.id}">${message.subject === '' ? '(no subject)' : message.subject}</a>
      ${message.copies > 1 ? html`<span class="twice">${message.copies} copies of one Message-ID</span>` : ''}
    </td>
    <td>${message.envelope.from}</td>
    <td>${message.envelope.to.join(', ')}</td>
    <td>${message.attachments.map(({ filename }) => filename).join(', ')}</td>
  </tr>`

export const listPage = (messages: ReadonlyArray<Listed>): string =>
  page(
    'Mailbox',
    messages.length === 0
      ? html`<p>No mail yet.</p>`
      : html`<table>
            <tr>
              <th>Received</th>
              <th>Subject</th>
              <th>From</th>
              <th>To</th>
              <th>Attachments</th>
            </tr>
            ${joined(messages.map(row))}
          </table>
          <p>The same as JSON: <a href="/messages">/messages</a></p>`,
  )

export const messagePage = (message: Message): string =>
  page(
    message.subject === '' ? '(no subject)' : message.subject,
    html`<p>
        <a href="/">All mail</a> · <a href="/messages/${message.id}.eml">As it arrived</a> ·
        <a href="/messages/${message.id}">JSON</a>
      </p>
      <table>
        <tr>
          <th>Received</th>
          <td>${message.receivedAt}</td>
        </tr>
        <tr>
          <th>From</th>
          <td>${message.envelope.from}</td>
        </tr>
        <tr>
          <th>To</th>
          <td>${message.envelope.to.join(', ')}</td>
        </tr>
        <tr>
          <th>Message-ID</th>
          <td>${message.messageId}</td>
        </tr>
      </table>
      <h2>Attachments</h2>
      <ul>
        ${joined(
          message.attachments.map(
            ({ filename, size, mimeType }, index) =>
              html`<li>
                <a href="/messages/${message.id}/attachments/${index}">${filename === '' ? 'unnamed' : filename}</a>
                ${mimeType}, ${size} bytes
              </li>`,
          ),
        )}
      </ul>
      <h2>Text</h2>
      <pre>${message.text === '' ? message.html : message.text}</pre>`,
  )
