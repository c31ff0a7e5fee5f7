import { adviceFor, type RecommendedAction } from '../../domain/messages/actions'
import type { Locale } from '../../domain/messages/entry'
import type { Reader } from '../../domain/visibility'
import type { Issue } from '../../domain/messages/issue'
import type { ProblemCode } from './texts'

type Text = readonly [label: string, description: string]

/** What a caller can do about an answer other than success. */
export const problemActions = {
  activate_workflow: {
    'pt-BR': ['Ativar o fluxo', 'Ative o fluxo e repita o pedido'],
    en: ['Activate the workflow', 'Activate the workflow and repeat the request'],
  },
  ask_administrator: {
    'pt-BR': ['Pedir acesso', 'Peça a um administrador da organização o papel que falta'],
    en: ['Ask for access', 'Ask an administrator of the organization for the role that is missing'],
  },
  ask_sender: {
    'pt-BR': ['Falar com quem enviou', 'Peça um novo link a quem enviou este'],
    en: ['Ask the sender', 'Ask whoever sent this link for a new one'],
  },
  check_address: {
    'pt-BR': ['Conferir o endereço', 'Confira o endereço e o identificador do pedido'],
    en: ['Check the address', 'Check the address and the id in the request'],
  },
  choose_control: {
    'pt-BR': ['Usar um comando aceito', 'Leia a execução e use um dos comandos que ela aceita agora'],
    en: ['Use an accepted control', 'Read the run and use one of the controls that it accepts now'],
  },
  choose_workflow: {
    'pt-BR': ['Usar outro fluxo', 'Escolha ou crie um fluxo que não esteja arquivado'],
    en: ['Use another workflow', 'Choose or create a workflow that is not archived'],
  },
  contact_support: {
    'pt-BR': ['Falar com o suporte', 'Informe o correlation_id ao suporte'],
    en: ['Contact support', 'Give support the correlation_id'],
  },
  correct_request: {
    'pt-BR': ['Corrigir o pedido', 'Corrija o que está indicado e envie de novo'],
    en: ['Correct the request', 'Correct what is named and send it again'],
  },
  decide_delivery: {
    'pt-BR': ['Decidir sobre o envio', 'Confira se o e-mail chegou e repita com a decisão'],
    en: ['Decide about the delivery', 'Check whether the e-mail arrived and repeat with the decision'],
  },
  follow_retry: {
    'pt-BR': ['Abrir a repetição', 'Continue na execução que já repete esta'],
    en: ['Open the retry', 'Go on in the run that already retries this one'],
  },
  open_link_again: {
    'pt-BR': ['Abrir o link de novo', 'Abra o link do e-mail e decida na própria página'],
    en: ['Open the link again', 'Open the link in the e-mail and decide on the page itself'],
  },
  read_again: {
    'pt-BR': ['Ler de novo', 'Leia o recurso de novo e repita com o ETag dele em If-Match'],
    en: ['Read it again', 'Read the resource again and repeat with its ETag in If-Match'],
  },
  restart_stream: {
    'pt-BR': ['Recomeçar a leitura', 'Abra o stream de novo, sem Last-Event-ID'],
    en: ['Restart the stream', 'Open the stream again without Last-Event-ID'],
  },
  retry: {
    'pt-BR': ['Tentar de novo', 'Repita o pedido em instantes, com a mesma Idempotency-Key'],
    en: ['Try again', 'Repeat the request in a moment, with the same Idempotency-Key'],
  },
  retry_earlier: {
    'pt-BR': ['Repetir desde antes', 'Repita a execução a partir de uma etapa anterior ou do início'],
    en: ['Retry from earlier', 'Retry the run from an earlier step or from the beginning'],
  },
  sign_in: {
    'pt-BR': ['Identificar-se', 'Envie uma chave de API ou um token válido'],
    en: ['Sign in', 'Send a valid API key or token'],
  },
  use_new_key: {
    'pt-BR': ['Usar outra chave', 'Envie o pedido com uma Idempotency-Key nova'],
    en: ['Use a new key', 'Send the request with a new Idempotency-Key'],
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Locale, Text>>>>

type ProblemAction = keyof typeof problemActions

/** `issues`: what was found says what to do. */
const actionOf: Readonly<Record<ProblemCode, ProblemAction | 'issues'>> = {
  bad_request: 'correct_request',
  unauthenticated: 'sign_in',
  token_expired: 'sign_in',
  organization_forbidden: 'ask_administrator',
  role_required: 'ask_administrator',
  foreign_form: 'open_link_again',
  not_found: 'check_address',
  route_not_found: 'check_address',
  method_not_allowed: 'correct_request',
  not_acceptable: 'correct_request',
  body_cut_off: 'retry',
  workflow_not_active: 'activate_workflow',
  workflow_archived: 'choose_workflow',
  workflow_incomplete: 'issues',
  connection_archived: 'correct_request',
  connection_in_use: 'correct_request',
  run_state_conflict: 'choose_control',
  outcome_decision_needed: 'decide_delivery',
  repeat_decision_needed: 'decide_delivery',
  retried_already: 'follow_retry',
  step_not_reusable: 'retry_earlier',
  retry_not_possible: 'retry_earlier',
  review_over: 'ask_sender',
  already_exists: 'correct_request',
  cursor_beyond_head: 'restart_stream',
  concurrent_changes: 'retry',
  precondition_failed: 'read_again',
  payload_too_large: 'correct_request',
  too_many_values: 'correct_request',
  unsupported_media_type: 'correct_request',
  'preflight.blocked': 'issues',
  'template.refused': 'issues',
  idempotency_key_reused: 'use_new_key',
  precondition_required: 'read_again',
  too_busy: 'retry',
  checks_unavailable: 'retry',
  internal_error: 'contact_support',
  read_model_behind: 'retry',
  read_side_unavailable: 'retry',
  event_store_unavailable: 'retry',
  file_store_unavailable: 'retry',
  secret_store_unavailable: 'retry',
  identity_unavailable: 'retry',
}

/** What to do about a problem, in the reader's language. */
export const adviceOn = (
  code: ProblemCode,
  issues: ReadonlyArray<Issue>,
  reader: Reader,
): ReadonlyArray<RecommendedAction> => {
  const action = actionOf[code]
  if (action === 'issues') return adviceFor(issues, reader)
  const [label, description] = problemActions[action][reader.locale]
  return [{ action, label, description, target_node_id: null, params: { issue_code: code } }]
}
