import type { Locale } from '../../domain/messages/entry'

type Text = { readonly title: string; readonly detail: string }
type ProblemText = { readonly status: number } & Readonly<Record<Locale, Text>>

const problemText = (status: number, pt: readonly [string, string], en: readonly [string, string]): ProblemText => ({
  status,
  'pt-BR': { title: pt[0], detail: pt[1] },
  en: { title: en[0], detail: en[1] },
})

/** What an answer other than success may be: stable code, HTTP status, texts as ICU patterns. */
export const problemTexts = {
  bad_request: problemText(
    400,
    [
      'Pedido inválido',
      '{count, plural, one {Há um problema no pedido: {first}} other {Há # problemas no pedido; o primeiro: {first}}}',
    ],
    [
      'Invalid request',
      '{count, plural, one {The request has a problem: {first}} other {The request has # problems; the first: {first}}}',
    ],
  ),
  unauthenticated: problemText(
    401,
    ['Identificação necessária', 'Envie uma chave de API ou um token válido em Authorization: Bearer'],
    ['Authentication required', 'Send a valid API key or token in Authorization: Bearer'],
  ),
  token_expired: problemText(
    401,
    ['Token expirado', 'O token expirou; obtenha um novo'],
    ['Token expired', 'The token has expired; obtain a new one'],
  ),
  organization_forbidden: problemText(
    403,
    ['Organização não permitida', 'Você não faz parte da organização informada em X-Organization-ID'],
    ['Organization not allowed', 'You do not belong to the organization named in X-Organization-ID'],
  ),
  role_required: problemText(
    403,
    ['Permissão insuficiente', 'Esta ação exige um destes papéis: {roles}'],
    ['Not permitted', 'This action requires one of these roles: {roles}'],
  ),
  foreign_form: problemText(
    403,
    ['Formulário de outro site', 'O formulário não foi enviado da própria página; abra o link e tente de novo'],
    ['Form of another site', 'The form was not sent from its own page; open the link and try again'],
  ),
  not_found: problemText(
    404,
    ['Não encontrado', 'O que você procura não existe ou não está disponível para você'],
    ['Not found', 'What you look for does not exist or is not available to you'],
  ),
  route_not_found: problemText(
    404,
    ['Endereço desconhecido', 'Não há nada neste endereço da API'],
    ['Unknown address', 'There is nothing at this address of the API'],
  ),
  method_not_allowed: problemText(
    405,
    ['Método não permitido', 'Este endereço aceita: {allowed}'],
    ['Method not allowed', 'This address accepts: {allowed}'],
  ),
  not_acceptable: problemText(
    406,
    ['Formato não disponível', 'A resposta não existe no formato pedido em Accept'],
    ['Format not available', 'The answer does not exist in the format that Accept asks for'],
  ),
  body_cut_off: problemText(
    400,
    ['Pedido incompleto', 'O corpo do pedido terminou antes do fim; envie de novo'],
    ['Incomplete request', 'The request body ended too early; send it again'],
  ),
  workflow_not_active: problemText(
    409,
    ['Fluxo não está ativo', 'O fluxo está em "{status}"; ative-o antes de iniciar execuções'],
    ['Workflow is not active', 'The workflow is "{status}"; activate it before starting runs'],
  ),
  workflow_archived: problemText(
    409,
    ['Fluxo arquivado', 'O fluxo está arquivado e não pode mais mudar'],
    ['Workflow archived', 'The workflow is archived and can no longer change'],
  ),
  connection_archived: problemText(
    409,
    ['Conexão arquivada', 'A conexão está arquivada e não pode mais mudar'],
    ['Connection archived', 'The connection is archived and can no longer change'],
  ),
  connection_in_use: problemText(
    409,
    [
      'Conexão em uso',
      '{count, plural, one {Um fluxo ativo usa} other {# fluxos ativos usam}} a conexão: {names}; troque a conexão neles ou arquive-os antes',
    ],
    [
      'Connection in use',
      '{count, plural, one {An active workflow uses} other {# active workflows use}} the connection: {names}; change it there or archive them first',
    ],
  ),
  run_state_conflict: problemText(
    409,
    ['Ação não cabe no estado da execução', 'A execução está em "{status}"; agora são aceitos: {accepted}'],
    ['Not possible in the state of the run', 'The run is "{status}"; now accepted: {accepted}'],
  ),
  outcome_decision_needed: problemText(
    409,
    ['Falta decidir sobre o envio', 'Não se sabe se o e-mail foi enviado; diga em decision: {accepted}'],
    [
      'A decision about the delivery is needed',
      'Whether the e-mail was sent is not known; say in decision: {accepted}',
    ],
  ),
  repeat_decision_needed: problemText(
    409,
    [
      'Falta decidir sobre o envio',
      'Não se sabe se o e-mail foi enviado; diga em repeat_effects se é para enviar de novo (true) ou dar por enviado (false)',
    ],
    [
      'A decision about the delivery is needed',
      'Whether the e-mail was sent is not known; say in repeat_effects whether to send it again (true) or to take it for sent (false)',
    ],
  ),
  retried_already: problemText(
    409,
    ['Execução já repetida', 'A execução já continua em {execution}; repita essa'],
    ['Run retried already', 'The run goes on in {execution}; retry that one'],
  ),
  step_not_reusable: problemText(
    409,
    ['Etapa não pode ser aproveitada', 'A etapa {position} não terminou; repita a partir dela ou de uma anterior'],
    ['Step cannot be reused', 'Step {position} was not done; retry from it or from an earlier one'],
  ),
  retry_not_possible: problemText(
    409,
    ['Não dá para repetir a partir desta etapa', 'Mudou desde a execução: {changed}; repita desde o início'],
    ['Cannot retry from this step', 'Changed since the run: {changed}; retry from the beginning'],
  ),
  review_over: problemText(
    410,
    ['Revisão encerrada', 'Esta revisão já não espera decisão ({status})'],
    ['Review over', 'This review no longer waits for a decision ({status})'],
  ),
  already_exists: problemText(
    409,
    ['Já existe', 'Já existe um recurso com este identificador'],
    ['Already exists', 'A resource with this id already exists'],
  ),
  cursor_beyond_head: problemText(
    409,
    ['Posição desconhecida', 'Last-Event-ID aponta para depois da última mensagem ({head}); recomece sem ele'],
    ['Unknown position', 'Last-Event-ID points beyond the last message ({head}); begin again without it'],
  ),
  concurrent_changes: problemText(
    409,
    ['Muitas alterações ao mesmo tempo', 'Outras alterações chegaram antes; tente de novo'],
    ['Too many changes at once', 'Other changes came first; try again'],
  ),
  precondition_failed: problemText(
    412,
    ['A versão mudou', 'O recurso mudou desde a versão informada em If-Match; leia de novo e repita'],
    ['The version moved', 'The resource has changed since the version in If-Match; read it again and repeat'],
  ),
  payload_too_large: problemText(
    413,
    ['Conteúdo grande demais', 'O limite é de {limit}'],
    ['Content too large', 'The limit is {limit}'],
  ),
  too_many_values: problemText(
    413,
    ['Valores demais', 'Campos de objetos e itens de listas podem ser, ao todo, no máximo {limit, number}'],
    ['Too many values', 'Fields of objects and items of lists may be {limit, number} in all'],
  ),
  unsupported_media_type: problemText(
    415,
    ['Tipo de conteúdo não aceito', 'Envie o conteúdo como {expected}'],
    ['Content type not accepted', 'Send the content as {expected}'],
  ),
  'preflight.blocked': problemText(
    422,
    [
      'A execução não pode começar',
      '{count, plural, one {Há um impedimento: {first}} other {Há # impedimentos; o primeiro: {first}}}',
    ],
    [
      'The run cannot start',
      '{count, plural, one {Something is in the way: {first}} other {# things are in the way; the first: {first}}}',
    ],
  ),
  workflow_incomplete: problemText(
    422,
    [
      'Fluxo incompleto',
      '{count, plural, one {Falta uma coisa para o fluxo ficar ativo: {first}} other {Faltam # coisas para o fluxo ficar ativo; a primeira: {first}}}',
    ],
    [
      'Workflow incomplete',
      '{count, plural, one {Something keeps the workflow from being active: {first}} other {# things keep the workflow from being active; the first: {first}}}',
    ],
  ),
  'template.refused': problemText(
    422,
    [
      'Modelo recusado',
      '{count, plural, one {O modelo tem um problema: {first}} other {O modelo tem # problemas; o primeiro: {first}}}',
    ],
    [
      'Template refused',
      '{count, plural, one {The template has a problem: {first}} other {The template has # problems; the first: {first}}}',
    ],
  ),
  idempotency_key_reused: problemText(
    422,
    ['Idempotency-Key repetida', 'Esta Idempotency-Key já foi usada para um pedido diferente; use outra'],
    ['Idempotency-Key reused', 'This Idempotency-Key was already used for a different request; use another'],
  ),
  precondition_required: problemText(
    428,
    ['Falta If-Match', 'Envie em If-Match o ETag da versão que você leu'],
    ['If-Match required', 'Send the ETag of the version that you read in If-Match'],
  ),
  too_busy: problemText(
    429,
    ['Muitos pedidos', 'Há muitos trabalhos na fila; tente de novo em instantes'],
    ['Too many requests', 'Too much work is waiting; try again in a moment'],
  ),
  internal_error: problemText(
    500,
    ['Erro interno', 'Algo falhou do nosso lado; informe o correlation_id ao suporte'],
    ['Internal error', 'Something failed on our side; give support the correlation_id'],
  ),
  read_model_behind: problemText(
    503,
    ['A leitura ainda não alcançou', 'A alteração pedida ainda não chegou à leitura; tente de novo em instantes'],
    ['The read side is behind', 'The change you ask for has not reached the read side yet; try again in a moment'],
  ),
  read_side_unavailable: problemText(
    503,
    ['Leitura indisponível', 'O banco de leitura não respondeu; tente de novo em instantes'],
    ['Read side unavailable', 'The read database did not answer; try again in a moment'],
  ),
  event_store_unavailable: problemText(
    503,
    ['Registro de eventos indisponível', 'O registro de eventos não respondeu; repita com a mesma Idempotency-Key'],
    ['Event store unavailable', 'The event store did not answer; repeat with the same Idempotency-Key'],
  ),
  file_store_unavailable: problemText(
    503,
    ['Arquivos indisponíveis', 'O armazenamento de arquivos não respondeu; tente de novo em instantes'],
    ['File store unavailable', 'The file store did not answer; try again in a moment'],
  ),
  secret_store_unavailable: problemText(
    503,
    ['Credenciais indisponíveis', 'O armazenamento de credenciais não respondeu; repita com a mesma Idempotency-Key'],
    ['Secret store unavailable', 'The secret store did not answer; repeat with the same Idempotency-Key'],
  ),
  checks_unavailable: problemText(
    503,
    ['Verificação indisponível', 'Há muitas verificações na fila; tente de novo em instantes'],
    ['Checks unavailable', 'Too many checks are waiting; try again in a moment'],
  ),
  identity_unavailable: problemText(
    503,
    ['Identificação indisponível', 'Não foi possível conferir sua identificação agora; tente de novo em instantes'],
    ['Identity unavailable', 'Your identity could not be checked now; try again in a moment'],
  ),
} as const satisfies Readonly<Record<string, ProblemText>>

export type ProblemCode = keyof typeof problemTexts
