import type { Entry } from './entry'

export const data = {
  'data.workflow_without_nodes': {
    severity: 'blocking',
    domain: 'data',
    action: 'edit_workflow',
    params: {},
    text: { 'pt-BR': 'O fluxo ainda não tem etapas configuradas', en: 'The workflow has no configured steps yet' },
  },
  'data.node_not_configured': {
    severity: 'blocking',
    domain: 'data',
    action: 'edit_node',
    params: { label: 'text', fields: 'text' },
    text: {
      'pt-BR': 'A etapa "{label}" está incompleta: falta {fields}',
      en: 'Step "{label}" is incomplete: missing {fields}',
    },
  },
  'data.missing_required_field': {
    severity: 'blocking',
    domain: 'data',
    action: 'fill_required',
    params: { count: 'number', fields: 'text' },
    text: {
      'pt-BR': '{count, plural, one {Falta preencher o campo {fields}} other {Faltam # campos: {fields}}}',
      en: '{count, plural, one {Field {fields} is missing} other {# fields are missing: {fields}}}',
    },
  },
  'data.unresolved_variable': {
    severity: 'blocking',
    domain: 'data',
    action: 'map_fields',
    params: { path: 'text', label: 'text' },
    text: { 'pt-BR': 'Não há valor para {path}, usado em "{label}"', en: 'No value for {path}, used in "{label}"' },
  },
  'data.invalid_format': {
    severity: 'blocking',
    domain: 'data',
    action: 'fix_field_format',
    params: { field: 'text', expected: ['text', 'folder', 'record'] },
    text: {
      'pt-BR':
        'O campo {field} deveria ser {expected, select, text {um texto} folder {uma pasta, como a/b/c} record {o número de um registro} other {{expected}}}',
      en: 'Field {field} should be {expected, select, text {text} folder {a folder, such as a/b/c} record {the number of a record} other {{expected}}}',
    },
  },
  'data.list_expected': {
    severity: 'blocking',
    domain: 'data',
    action: 'map_fields',
    params: { field: 'text' },
    text: {
      'pt-BR': 'O campo {field} deveria ser uma lista para repetir linhas',
      en: 'Field {field} should be a list to repeat rows',
    },
  },
  'data.empty_list': {
    severity: 'warning',
    domain: 'data',
    action: 'review_data',
    params: { field: 'text' },
    text: {
      'pt-BR': 'A lista {field} não tem itens; a tabela sairá vazia',
      en: 'List {field} has no items; the table will be empty',
    },
  },
  'data.null_value': {
    severity: 'warning',
    domain: 'data',
    action: 'review_data',
    params: { path: 'text' },
    text: {
      'pt-BR': 'O campo {path} está vazio e nada será impresso',
      en: 'Field {path} is empty and nothing will be printed',
    },
  },
  'data.payload_too_large': {
    severity: 'blocking',
    domain: 'data',
    action: 'review_data',
    params: { limit: 'text' },
    text: { 'pt-BR': 'Os dados passam do limite de {limit}', en: 'The data exceeds the limit of {limit}' },
  },
  'data.source_object_not_found': {
    severity: 'blocking',
    domain: 'data',
    action: 'select_record',
    params: { id: 'text', provider: 'text' },
    text: {
      'pt-BR': 'O registro {id} não existe mais em {provider}',
      en: 'Record {id} no longer exists in {provider}',
    },
  },
  'data.check_unfinished': {
    severity: 'blocking',
    domain: 'data',
    action: 'review_data',
    params: { label: 'text' },
    text: {
      'pt-BR':
        'A verificação da etapa "{label}" não terminou no tempo previsto; simplifique os textos ou reduza os dados',
      en: 'The check of step "{label}" did not end in the time it has; simplify its texts or reduce the data',
    },
  },
} as const satisfies Readonly<Record<string, Entry>>
