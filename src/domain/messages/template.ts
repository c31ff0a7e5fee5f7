import type { Entry } from './entry'

export const template = {
  'template.not_selected': {
    severity: 'blocking',
    domain: 'template',
    action: 'select_template',
    params: { label: 'text' },
    text: { 'pt-BR': 'Escolha um modelo para a etapa "{label}"', en: 'Choose a template for step "{label}"' },
  },
  'template.not_found': {
    severity: 'blocking',
    domain: 'template',
    action: 'select_template',
    params: {},
    text: { 'pt-BR': 'O modelo escolhido não está mais disponível', en: 'The chosen template is no longer available' },
  },
  'template.large_file': {
    severity: 'warning',
    domain: 'template',
    action: 'reduce_template',
    params: {},
    text: { 'pt-BR': 'Template maior que 10MB pode demorar', en: 'A template over 10 MB may be slow' },
  },
  'template.content_removed': {
    severity: 'warning',
    domain: 'template',
    action: 'review_template',
    params: { feature: 'text' },
    text: {
      'pt-BR':
        'Retiramos do modelo o que os documentos não precisam: {feature, select, attached_template {o vínculo com o modelo em que ele se baseia} web_extension {os painéis de suplementos} chart_workbook {a planilha por trás de gráficos, que mantêm os valores que mostram} printer_settings {as configurações da impressora} custom_ribbon {a faixa de opções personalizada} digital_signature {a assinatura digital, que não valeria para os documentos} template_type {o tipo de arquivo .dotx; os documentos são .docx} doctype {a declaração de tipo de uma imagem SVG} other {{feature}}}',
      en: 'Taken out of the template, as documents do not need it: {feature, select, attached_template {the link to the template that it is based on} web_extension {the panes of add-ins} chart_workbook {the workbook behind charts, which keep the values that they show} printer_settings {the settings of a printer} custom_ribbon {the custom ribbon} digital_signature {the digital signature, which would not be valid for the documents} template_type {the file type .dotx; documents are .docx} doctype {the document type of an SVG picture} other {{feature}}}',
    },
  },
  'template.too_large': {
    severity: 'blocking',
    domain: 'template',
    action: 'reduce_template',
    params: { limit: 'text' },
    text: { 'pt-BR': 'O modelo passa do limite de {limit}', en: 'The template exceeds the {limit} limit' },
  },
  'template.unreadable': {
    severity: 'blocking',
    domain: 'template',
    action: 'upload_template',
    params: {},
    text: {
      'pt-BR': 'Não conseguimos abrir o modelo; envie o arquivo de novo',
      en: 'The template cannot be opened; upload it again',
    },
  },
  'template.syntax_error': {
    severity: 'blocking',
    domain: 'template',
    action: 'fix_template_tags',
    params: { tag: 'text' },
    text: {
      'pt-BR': 'O modelo tem marcação inválida perto de {tag}',
      en: 'The template has invalid markup near {tag}',
    },
  },
  'template.unsafe_content': {
    severity: 'blocking',
    domain: 'template',
    action: 'fix_template_tags',
    params: { feature: 'text' },
    text: {
      'pt-BR': 'O modelo usa um recurso não permitido: {feature}',
      en: 'The template uses a forbidden feature: {feature}',
    },
  },
  'template.unmapped_tag': {
    severity: 'blocking',
    domain: 'template',
    action: 'map_fields',
    params: { tag: 'text' },
    text: {
      'pt-BR': 'A marcação {tag} do modelo não está ligada a nenhum campo',
      en: 'Template tag {tag} is not mapped to a field',
    },
  },
  'template.pdf_converter_unavailable': {
    severity: 'blocking',
    domain: 'template',
    action: 'change_output_format',
    params: {},
    text: {
      'pt-BR': 'A conversão para PDF não está disponível agora',
      en: 'PDF conversion is not available right now',
    },
  },
  'template.unsupported_glyph': {
    severity: 'warning',
    domain: 'template',
    action: 'review_data',
    params: { field: 'text' },
    text: {
      'pt-BR': 'Alguns caracteres de {field} não existem na fonte',
      en: 'Some characters of {field} are missing from the font',
    },
  },
  'template.unused_mapping': {
    severity: 'warning',
    domain: 'template',
    action: 'map_fields',
    params: { tag: 'text', label: 'text' },
    text: {
      'pt-BR': 'O modelo não tem a marcação {tag}, ligada a um campo na etapa "{label}"',
      en: 'The template has no tag {tag}, which step "{label}" maps to a field',
    },
  },
  'template.version_changed': {
    severity: 'warning',
    domain: 'template',
    action: 'retry',
    params: { pinned: 'number', newest: 'number' },
    text: {
      'pt-BR': 'O modelo tem uma versão nova ({newest}); esta execução continua com a {pinned}',
      en: 'The template has a new version ({newest}); this run goes on with {pinned}',
    },
  },
} as const satisfies Readonly<Record<string, Entry>>
