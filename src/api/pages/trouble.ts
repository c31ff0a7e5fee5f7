import type { Locale } from '../../domain/messages/entry'
import { html, type Html } from '../../domain/html'
import type { ApiError } from '../error'
import { problemOf } from '../problem/problem'
import { problemTexts } from '../problem/texts'

type Kind = 'unknown' | 'refused' | 'away' | 'broken'
type Text = { readonly title: string; readonly detail: string }

export const troubleTexts: Readonly<Record<Locale, Readonly<Record<Kind, Text>>>> = {
  'pt-BR': {
    unknown: { title: 'Link desconhecido', detail: 'Não há nada neste endereço. Confira se o link está completo.' },
    refused: {
      title: 'Pedido não aceito',
      detail: 'O pedido não veio da própria página ou está incompleto. Abra o link do e-mail e tente de novo.',
    },
    away: { title: 'Indisponível agora', detail: 'Uma parte do docg não respondeu. Tente de novo em instantes.' },
    broken: {
      title: 'Algo deu errado',
      detail: 'A falha é do nosso lado. Tente de novo; se continuar, avise quem enviou o link.',
    },
  },
  en: {
    unknown: { title: 'Unknown link', detail: 'There is nothing at this address. Check that the link is complete.' },
    refused: {
      title: 'Request not accepted',
      detail:
        'The request did not come from the page itself or is incomplete. Open the link in the e-mail and try again.',
    },
    away: { title: 'Not available now', detail: 'A part of docg did not answer. Try again in a moment.' },
    broken: {
      title: 'Something went wrong',
      detail: 'The fault is ours. Try again; if it stays, tell who sent you the link.',
    },
  },
}

const kindOf = (status: number): Kind => {
  if (status === 404) return 'unknown'
  if (status < 500 && status !== 429) return 'refused'
  return status === 500 ? 'broken' : 'away'
}

/** What stands in the way, for somebody who knows nothing of the API. It says no more about what exists than the status does. */
export const troublePage = (
  error: ApiError,
  locale: Locale,
): {
  readonly status: number
  readonly title: string
  readonly body: Html
  readonly headers: Readonly<Record<string, string>>
} => {
  const { code, headers = {} } = problemOf(error)
  const { status } = problemTexts[code]
  const { title, detail } = troubleTexts[locale][kindOf(status)]
  return {
    status,
    title,
    body: html`<h1>${title}</h1>
      <p>${detail}</p>`,
    headers,
  }
}
