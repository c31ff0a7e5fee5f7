import type { Entry } from './entry'

export const delivery = {
  'delivery.recipient_missing': {
    severity: 'blocking',
    domain: 'delivery',
    action: 'set_recipient',
    params: {},
    text: { 'pt-BR': 'Informe para quem o documento será enviado', en: 'State who will receive the document' },
  },
  'delivery.recipient_invalid': {
    severity: 'blocking',
    domain: 'delivery',
    action: 'set_recipient',
    params: { email: 'text' },
    text: { 'pt-BR': 'O e-mail "{email}" não é válido', en: 'The e-mail "{email}" is not valid' },
  },
  'delivery.mailer_missing': {
    severity: 'blocking',
    domain: 'delivery',
    action: 'retry',
    params: { label: 'text' },
    text: {
      'pt-BR':
        'O docg ainda não tem um servidor de e-mail para avisar quem revisa na etapa "{label}"; peça a quem o opera para definir SMTP_URL',
      en: 'docg has no mail server yet to tell the reviewers of step "{label}"; ask who operates it to set SMTP_URL',
    },
  },
  'delivery.smtp_unreachable': {
    severity: 'warning',
    domain: 'delivery',
    action: 'retry',
    params: {},
    text: {
      'pt-BR': 'O servidor de e-mail não respondeu; tente de novo mais tarde',
      en: 'The mail server did not answer; try again later',
    },
  },
  'delivery.smtp_auth_failed': {
    severity: 'blocking',
    domain: 'delivery',
    action: 'update_credentials',
    params: {},
    text: {
      'pt-BR': 'O servidor de e-mail recusou o usuário ou a senha',
      en: 'The mail server refused the user or password',
    },
  },
  'delivery.smtp_not_secure': {
    severity: 'blocking',
    domain: 'delivery',
    action: 'reconnect_provider',
    params: { host: 'text' },
    text: {
      'pt-BR':
        'O servidor de e-mail {host} não oferece uma conexão segura válida; confira a porta e o certificado dele',
      en: 'The mail server {host} offers no valid secure connection; check its port and its certificate',
    },
  },
  'delivery.attachment_too_large': {
    severity: 'blocking',
    domain: 'delivery',
    action: 'reduce_template',
    params: { limit: 'text' },
    text: {
      'pt-BR': 'O anexo passa do limite de {limit} do servidor',
      en: 'The attachment exceeds the server limit of {limit}',
    },
  },
  'delivery.destination_not_found': {
    severity: 'blocking',
    domain: 'delivery',
    action: 'select_folder',
    params: {},
    text: {
      'pt-BR': 'A pasta ou o local de destino não existe',
      en: 'The destination folder or location does not exist',
    },
  },
  'delivery.storage_write_denied': {
    severity: 'blocking',
    domain: 'delivery',
    action: 'fix_permissions',
    params: {},
    text: { 'pt-BR': 'Não temos permissão para gravar no destino', en: 'Writing to the destination is not allowed' },
  },
  'delivery.storage_full': {
    severity: 'blocking',
    domain: 'delivery',
    action: 'retry',
    params: {},
    text: {
      'pt-BR': 'Não há mais espaço no destino; libere espaço e tente de novo',
      en: 'There is no space left at the destination; free some and try again',
    },
  },
} as const satisfies Readonly<Record<string, Entry>>
