import { adviceOn } from './advice'
import type { Action, Locale } from './entry'
import type { Params } from './text'
import { paramsFor, type Reader } from '../visibility'

export const actionTexts: Readonly<
  Record<Action, Readonly<Record<Locale, readonly [label: string, description: string]>>>
> = {
  add_signer: {
    'pt-BR': ['Adicionar signatário', 'Informe quem assina o documento'],
    en: ['Add a signer', 'State who signs the document'],
  },
  change_output_format: {
    'pt-BR': ['Trocar o formato', 'Desative a conversão para PDF nesta etapa'],
    en: ['Change the format', 'Turn off the conversion to PDF in this step'],
  },
  configure_signature: {
    'pt-BR': ['Configurar a assinatura', 'Escolha a conexão do serviço de assinatura nesta etapa'],
    en: ['Configure the signature', 'Choose the connection of the signature service in this step'],
  },
  connect_provider: {
    'pt-BR': ['Conectar uma conta', 'Crie a conexão que esta etapa usa'],
    en: ['Connect an account', 'Create the connection that this step uses'],
  },
  edit_node: {
    'pt-BR': ['Completar a etapa', 'Preencha a configuração que falta nesta etapa'],
    en: ['Complete the step', 'Fill in what is missing in this step'],
  },
  edit_workflow: {
    'pt-BR': ['Editar o fluxo', 'Configure as etapas do fluxo'],
    en: ['Edit the workflow', 'Configure the steps of the workflow'],
  },
  fill_required: {
    'pt-BR': ['Preencher os campos', 'Informe os campos obrigatórios nos dados de entrada'],
    en: ['Fill in the fields', 'Give the required fields in the trigger data'],
  },
  fix_field_format: {
    'pt-BR': ['Corrigir o formato', 'Envie o campo no formato esperado'],
    en: ['Correct the format', 'Send the field in the expected format'],
  },
  fix_permissions: {
    'pt-BR': ['Ajustar permissões', 'Dê ao docg permissão no destino'],
    en: ['Fix permissions', 'Give docg permission at the destination'],
  },
  fix_signer: {
    'pt-BR': ['Completar o signatário', 'Preencha os dados que faltam do signatário'],
    en: ['Complete the signer', 'Fill in what is missing of the signer'],
  },
  fix_template_tags: {
    'pt-BR': ['Corrigir o modelo', 'Corrija as marcações e envie uma nova versão do modelo'],
    en: ['Mend the template', 'Correct the tags and upload a new version of the template'],
  },
  map_fields: {
    'pt-BR': ['Ligar campos', 'Ligue as marcações do modelo aos campos de entrada'],
    en: ['Map fields', 'Map the tags of the template to fields of the trigger data'],
  },
  reconnect_provider: {
    'pt-BR': ['Reconectar a conta', 'Conecte a conta de novo'],
    en: ['Reconnect the account', 'Connect the account again'],
  },
  reduce_template: {
    'pt-BR': ['Reduzir o modelo', 'Use imagens menores ou divida o modelo'],
    en: ['Reduce the template', 'Use smaller images or split the template'],
  },
  retry: {
    'pt-BR': ['Tentar de novo', 'Repita mais tarde'],
    en: ['Try again', 'Repeat later'],
  },
  review_data: {
    'pt-BR': ['Revisar os dados', 'Confira os dados de entrada'],
    en: ['Review the data', 'Check the trigger data'],
  },
  review_template: {
    'pt-BR': ['Conferir o modelo', 'Faça uma simulação e confira o documento gerado'],
    en: ['Review the template', 'Make a dry run and look at the document'],
  },
  select_folder: {
    'pt-BR': ['Escolher a pasta', 'Escolha um destino que exista'],
    en: ['Select a folder', 'Choose a destination that exists'],
  },
  select_record: {
    'pt-BR': ['Escolher o registro', 'Escolha um registro que exista na origem'],
    en: ['Select a record', 'Choose a record that exists at the source'],
  },
  select_template: {
    'pt-BR': ['Escolher o modelo', 'Escolha um modelo disponível para a etapa'],
    en: ['Select a template', 'Choose an available template for the step'],
  },
  set_expiration: {
    'pt-BR': ['Ajustar o prazo', 'Informe um prazo de assinatura permitido'],
    en: ['Set the deadline', 'Give a signing deadline that is allowed'],
  },
  set_recipient: {
    'pt-BR': ['Informar o destinatário', 'Informe um endereço de e-mail válido'],
    en: ['Set the recipient', 'Give a valid e-mail address'],
  },
  update_credentials: {
    'pt-BR': ['Atualizar credenciais', 'Guarde na conexão um usuário e uma senha válidos'],
    en: ['Update credentials', 'Save a valid user and password in the connection'],
  },
  upload_template: {
    'pt-BR': ['Enviar o modelo', 'Envie o arquivo .docx de novo'],
    en: ['Upload the template', 'Upload the .docx file again'],
  },
}

/** What to do about a failure. */
export type RecommendedAction = {
  readonly action: string
  readonly label: string
  readonly description: string
  readonly target_node_id: string | null
  readonly params: Readonly<Record<string, unknown>>
}

type Said = Pick<RecommendedAction, 'action' | 'target_node_id' | 'params'>

const isAction = (action: string): action is Action => Object.hasOwn(actionTexts, action)

/** A parameter of advice is what the findings said, each value once. */
const valuesFor = (reader: Reader, name: string, values: unknown): unknown =>
  Array.isArray(values)
    ? values.map((value: unknown) =>
        typeof value === 'string' || typeof value === 'number' ? paramsFor(reader, { [name]: value })[name] : value,
      )
    : values

export const renderAction =
  (reader: Reader) =>
  ({ action, target_node_id, params }: Said): RecommendedAction => {
    const [label, description] = isAction(action) ? actionTexts[action][reader.locale] : [action, '']
    const seen = Object.entries(params).map(([name, values]) => [name, valuesFor(reader, name, values)])
    return { action, label, description, target_node_id, params: Object.fromEntries(seen) as typeof params }
  }

type Failed = { readonly code: string; readonly node_id: string | null; readonly params?: Params }

/** One for each action and node, for a reader. */
export const adviceFor = (failures: ReadonlyArray<Failed>, reader: Reader): ReadonlyArray<RecommendedAction> =>
  adviceOn(failures.map((failed) => ({ ...failed, params: failed.params ?? {} }))).map(renderAction(reader))
