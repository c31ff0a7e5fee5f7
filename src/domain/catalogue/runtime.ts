import type { Entry } from './entry'

export const runtime = {
  rate_limited: {
    severity: 'warning',
    domain: 'permissions',
    action: 'retry',
    text: {
      'pt-BR': '{provider} pediu para esperar; tente de novo mais tarde',
      en: '{provider} asks to slow down; try again later',
    },
  },
  timeout: {
    severity: 'warning',
    domain: 'data',
    action: 'retry',
    text: {
      'pt-BR': 'A etapa "{label}" passou do tempo limite; tente de novo',
      en: 'Step "{label}" ran out of time; try again',
    },
  },
  service_unavailable: {
    severity: 'warning',
    domain: 'permissions',
    action: 'retry',
    text: {
      'pt-BR': 'O serviço {provider} não está disponível agora; tente de novo',
      en: '{provider} is not available now; try again',
    },
  },
  'delivery.smtp_not_secure': {
    severity: 'blocking',
    domain: 'delivery',
    action: 'reconnect_provider',
    text: {
      'pt-BR':
        'O servidor de e-mail {host} não oferece uma conexão segura válida; confira a porta e o certificado dele',
      en: 'The mail server {host} offers no valid secure connection; check its port and its certificate',
    },
  },
  'delivery.storage_full': {
    severity: 'blocking',
    domain: 'delivery',
    action: 'retry',
    text: {
      'pt-BR': 'Não há mais espaço no destino; libere espaço e tente de novo',
      en: 'There is no space left at the destination; free some and try again',
    },
  },
  'render.failed': {
    severity: 'blocking',
    domain: 'template',
    action: 'select_template',
    text: {
      'pt-BR': 'Não foi possível gerar o documento. Verifique se o template existe.',
      en: 'The document could not be generated. Check that the template exists.',
    },
  },
  'review.expired': {
    severity: 'blocking',
    domain: 'delivery',
    action: 'retry',
    text: {
      'pt-BR': 'Ninguém decidiu a tempo na revisão "{label}"; repita a execução para pedir de novo',
      en: 'Nobody decided in time in review "{label}"; retry the run to ask again',
    },
  },
  'step.worker_lost': {
    severity: 'blocking',
    domain: 'data',
    action: 'retry',
    text: {
      'pt-BR':
        'A etapa "{label}" interrompeu o processo que a executava {count} vezes; revise os dados ou fale com o suporte',
      en: 'Step "{label}" ended the process that ran it {count} times; review the data or ask support',
    },
  },
  internal_error: {
    severity: 'blocking',
    domain: 'data',
    action: 'retry',
    text: {
      'pt-BR': 'A etapa "{label}" parou por um erro interno; tente de novo ou fale com o suporte',
      en: 'Step "{label}" stopped on an internal error; try again or ask support',
    },
  },
} as const satisfies Readonly<Record<string, Entry>>
