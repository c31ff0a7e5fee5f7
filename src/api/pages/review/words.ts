import type { Locale } from '../../../domain/messages/entry'
import type { Over } from './invited'

export type Mistake = 'stale' | 'undecided' | 'too_long'

type Words = {
  readonly title: (workflow: string) => string
  readonly step: (label: string) => string
  readonly message: string
  readonly documents: string
  readonly noDocuments: string
  readonly decision: string
  readonly consequences: string
  readonly until: (time: string, autoApprove: boolean) => string
  readonly as: (email: string) => string
  readonly comment: string
  readonly hint: string
  readonly approve: string
  readonly reject: string
  readonly error: string
  readonly mistakes: Readonly<Record<Mistake, string>>
  readonly thanks: Readonly<Record<'approved' | 'rejected', { readonly title: string; readonly detail: string }>>
  readonly over: Readonly<Record<Over['how'], string>>
  readonly when: (time: string, over: Over) => string
}

const pt: Words = {
  title: (workflow) => `Revisão: ${workflow}`,
  step: (label) => `Etapa: ${label}`,
  message: 'Mensagem',
  documents: 'Documentos',
  noDocuments: 'Esta revisão não tem documentos.',
  decision: 'Sua decisão',
  consequences: 'Se você aprovar, a execução segue adiante. Se rejeitar, ela é cancelada.',
  until: (time, autoApprove) =>
    `Você pode decidir até ${time}. ${autoApprove ? 'Depois disso, vale como aprovado.' : 'Depois disso, a execução termina sem aprovação.'}`,
  as: (email) => `Você decide como ${email}.`,
  comment: 'Comentário (opcional)',
  hint: 'Fica no histórico da execução. Até 2000 caracteres.',
  approve: 'Aprovar',
  reject: 'Rejeitar',
  error: 'Erro',
  mistakes: {
    stale: 'A página ficou aberta por muito tempo. Nada foi decidido: confira e decida de novo.',
    undecided: 'Escolha aprovar ou rejeitar. Nada foi decidido.',
    too_long: 'O comentário passa de 2000 caracteres. Encurte-o; nada foi decidido.',
  },
  thanks: {
    approved: { title: 'Aprovado', detail: 'Obrigado. A sua aprovação foi registrada e a execução segue adiante.' },
    rejected: { title: 'Rejeitado', detail: 'Obrigado. A sua rejeição foi registrada e a execução foi cancelada.' },
  },
  over: {
    approved: 'Esta revisão já foi aprovada',
    rejected: 'Esta revisão já foi rejeitada',
    expired: 'O prazo desta revisão terminou',
    canceled: 'A execução foi cancelada',
    ended: 'A execução já terminou',
  },
  when: (time, { how, by }) => {
    if (how === 'expired') return `O prazo era ${time}. Nada mais pode ser decidido por este link.`
    const who = { you: 'por você', another: 'por outra pessoa', time: 'automaticamente, no fim do prazo' }
    return `Decidido em ${time}${by === undefined ? '' : `, ${who[by]}`}. Nada mais pode ser decidido por este link.`
  },
}

const en: Words = {
  title: (workflow) => `Review: ${workflow}`,
  step: (label) => `Step: ${label}`,
  message: 'Message',
  documents: 'Documents',
  noDocuments: 'This review has no documents.',
  decision: 'Your decision',
  consequences: 'If you approve, the run goes on. If you reject, it is canceled.',
  until: (time, autoApprove) =>
    `You can decide until ${time}. ${autoApprove ? 'After that it counts as approved.' : 'After that the run ends without approval.'}`,
  as: (email) => `You decide as ${email}.`,
  comment: 'Comment (optional)',
  hint: "It stays in the run's history. At most 2000 characters.",
  approve: 'Approve',
  reject: 'Reject',
  error: 'Error',
  mistakes: {
    stale: 'The page was open for too long. Nothing was decided: check, and decide again.',
    undecided: 'Choose to approve or to reject. Nothing was decided.',
    too_long: 'The comment has more than 2000 characters. Shorten it; nothing was decided.',
  },
  thanks: {
    approved: { title: 'Approved', detail: 'Thank you. Your approval was recorded and the run goes on.' },
    rejected: { title: 'Rejected', detail: 'Thank you. Your rejection was recorded and the run was canceled.' },
  },
  over: {
    approved: 'This review was approved already',
    rejected: 'This review was rejected already',
    expired: 'The time for this review is over',
    canceled: 'The run was canceled',
    ended: 'The run has ended already',
  },
  when: (time, { how, by }) => {
    if (how === 'expired') return `It could be decided until ${time}. Nothing more can be decided by this link.`
    const who = { you: 'by you', another: 'by somebody else', time: 'automatically, when the time was over' }
    return `Decided on ${time}${by === undefined ? '' : `, ${who[by]}`}. Nothing more can be decided by this link.`
  },
}

export const words: Readonly<Record<Locale, Words>> = { 'pt-BR': pt, en }
