import { IntlMessageFormat } from 'intl-messageformat'
import type { Locale } from './entry'
import { type Params, textOf } from './text'

/** What the log of a run says. `{cause}` is the text of a fault. */
export const logTexts = {
  'run.queued': { 'pt-BR': 'Execução de "{workflow}" na fila', en: 'Run of "{workflow}" is queued' },
  'run.started': { 'pt-BR': 'Execução iniciada', en: 'Run started' },
  'run.completed': { 'pt-BR': 'Execução concluída', en: 'Run completed' },
  'run.stopped': {
    'pt-BR': 'Execução concluída depois da fase {phase}, como pedido',
    en: 'Run completed after phase {phase}, as asked',
  },
  'run.pause_requested': {
    'pt-BR': 'Pausa pedida; a etapa em andamento termina antes',
    en: 'Pause asked for; the step at work ends first',
  },
  'run.paused': { 'pt-BR': 'Execução pausada', en: 'Run paused' },
  'run.resumed': { 'pt-BR': 'Execução retomada', en: 'Run resumed' },
  'run.not_approved': { 'pt-BR': 'Retomada negada; a execução termina', en: 'Not approved; the run ends' },
  'run.cancel_requested': {
    'pt-BR': 'Cancelamento pedido; nada novo começa',
    en: 'Cancel asked for; nothing new begins',
  },
  'run.canceled': { 'pt-BR': 'Execução cancelada', en: 'Run canceled' },
  'run.retried': { 'pt-BR': 'Repetida como execução {execution}', en: 'Retried as run {execution}' },
  'run.control_refused': {
    'pt-BR': 'O comando {control} não foi aceito neste estado',
    en: 'The control {control} was not accepted in this state',
  },
  'preflight.completed': {
    'pt-BR':
      '{blocking, plural, =0 {Verificação concluída} one {Verificação: # problema impede a execução} other {Verificação: # problemas impedem a execução}}{warnings, plural, =0 {} one {, # aviso} other {, # avisos}}',
    en: '{blocking, plural, =0 {Checks completed} one {Checks: # problem blocks the run} other {Checks: # problems block the run}}{warnings, plural, =0 {} one {, # warning} other {, # warnings}}',
  },
  'preflight.found': { 'pt-BR': '{cause}', en: '{cause}' },
  'step.skipped_dry_run': {
    'pt-BR': 'Etapa "{label}" pulada: simulação',
    en: 'Step "{label}" skipped: dry run',
  },
  'step.skipped_until_phase': {
    'pt-BR': 'Etapa "{label}" pulada: fica depois da fase pedida',
    en: 'Step "{label}" skipped: it comes after the phase asked for',
  },
  'step.reused': {
    'pt-BR': 'Etapa "{label}" aproveitada da execução {execution}',
    en: 'Step "{label}" reused from run {execution}',
  },
  'review.invitation_sent': {
    'pt-BR': 'Pedido de revisão da etapa "{label}" enviado',
    en: 'Request to review step "{label}" sent',
  },
  'review.opened': { 'pt-BR': 'A revisão "{label}" espera decisão', en: 'Review "{label}" waits for a decision' },
  'review.approved': { 'pt-BR': 'Revisão "{label}" aprovada por {who}', en: 'Review "{label}" approved by {who}' },
  'review.rejected': { 'pt-BR': 'Revisão "{label}" rejeitada por {who}', en: 'Review "{label}" rejected by {who}' },
  'review.expired': {
    'pt-BR': 'O prazo da revisão "{label}" acabou sem decisão',
    en: 'Review "{label}" ran out of time without a decision',
  },
  'document.expired': { 'pt-BR': 'Documento de simulação apagado', en: 'Document of a dry run deleted' },
  'run.failed': { 'pt-BR': 'A execução parou: {cause}', en: 'The run stopped: {cause}' },
  'step.started': { 'pt-BR': 'Etapa "{label}" iniciada', en: 'Step "{label}" started' },
  'step.started_again': {
    'pt-BR': 'Etapa "{label}" iniciada de novo (tentativa {attempt})',
    en: 'Step "{label}" started again (attempt {attempt})',
  },
  'step.attempt_failed': {
    'pt-BR': 'Tentativa {attempt} de {most} da etapa "{label}" falhou: {cause}',
    en: 'Attempt {attempt} of {most} at step "{label}" failed: {cause}',
  },
  'step.completed': { 'pt-BR': 'Etapa "{label}" concluída', en: 'Step "{label}" completed' },
  'step.failed': { 'pt-BR': 'A etapa "{label}" falhou: {cause}', en: 'Step "{label}" failed: {cause}' },
  'document.generated': { 'pt-BR': 'Documento "{file}" gerado', en: 'Document "{file}" generated' },
  'document.saved': { 'pt-BR': 'Documento salvo em {location}', en: 'Document saved to {location}' },
  'document.sent': {
    'pt-BR':
      '{count, plural, =0 {Mensagem "{subject}" enviada} one {Mensagem "{subject}" enviada para {recipients}} other {Mensagem "{subject}" enviada para # destinatários: {recipients}}}',
    en: '{count, plural, =0 {Message "{subject}" sent} one {Message "{subject}" sent to {recipients}} other {Message "{subject}" sent to # recipients: {recipients}}}',
  },
  'document.recipient_refused': {
    'pt-BR': 'O servidor de e-mail recusou {recipient}; os demais receberam. Confira o endereço',
    en: 'The mail server refused {recipient}; the others were sent to. Check the address',
  },
  'delivery.outcome_lost': {
    'pt-BR': 'A execução espera uma decisão: {cause}',
    en: 'The run waits for a decision: {cause}',
  },
  'delivery.resend_decided': {
    'pt-BR': 'Decidido enviar de novo na etapa "{label}"',
    en: 'Decided to send again in step "{label}"',
  },
  'delivery.sent_assumed': {
    'pt-BR': 'Decidido considerar enviada a etapa "{label}"',
    en: 'Decided to assume that step "{label}" was sent',
  },
  'delivery.receipt_found': {
    'pt-BR': 'O envio da etapa "{label}" se confirmou',
    en: 'The sending of step "{label}" was confirmed',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Locale, string>>>>

export type LogCode = keyof typeof logTexts

/** `cause` is the fault's code and parameters, and the node that it happened in. */
export type LogMessage = {
  readonly code: string
  readonly params: Params
  readonly cause?: { readonly code: string; readonly params: Params; readonly node_id?: string | null }
}

const isLogCode = (code: string): code is LogCode => Object.hasOwn(logTexts, code)

const compiled = new Map<string, IntlMessageFormat>()

const patternOf = (code: LogCode, locale: Locale): IntlMessageFormat => {
  const key = `${locale} ${code}`
  const pattern = compiled.get(key) ?? new IntlMessageFormat(logTexts[code][locale], locale)
  compiled.set(key, pattern)
  return pattern
}

/** A line of a run's log for a reader. A code that this version does not know gives the code itself. */
export const logText = ({ code, params, cause }: LogMessage, locale: Locale): string => {
  if (!isLogCode(code)) return code
  try {
    return String(
      patternOf(code, locale).format({
        ...params,
        ...(cause === undefined ? {} : { cause: textOf(cause.code, cause.params, locale) }),
      }),
    )
  } catch {
    return code
  }
}
