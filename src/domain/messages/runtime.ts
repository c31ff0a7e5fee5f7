import type { Entry } from './entry'

/** What only a run can meet, and what may pass. */
export const runtime = {
  rate_limited: {
    severity: 'warning',
    domain: 'permissions',
    action: 'retry',
    params: { provider: 'text' },
    text: {
      'pt-BR': '{provider} pediu para esperar; tente de novo mais tarde',
      en: '{provider} asks to slow down; try again later',
    },
  },
  timeout: {
    severity: 'warning',
    domain: 'data',
    action: 'retry',
    params: { label: 'text' },
    text: {
      'pt-BR': 'A etapa "{label}" passou do tempo limite; tente de novo',
      en: 'Step "{label}" ran out of time; try again',
    },
  },
  service_unavailable: {
    severity: 'warning',
    domain: 'permissions',
    action: 'retry',
    params: { provider: 'text' },
    text: {
      'pt-BR': 'O serviço {provider} não está disponível agora; tente de novo',
      en: '{provider} is not available now; try again',
    },
  },
  'render.failed': {
    severity: 'blocking',
    domain: 'template',
    action: 'select_template',
    params: {},
    text: {
      'pt-BR': 'Não foi possível gerar o documento. Verifique se o template existe.',
      en: 'The document could not be generated. Check that the template exists.',
    },
  },
  'review.expired': {
    severity: 'blocking',
    domain: 'delivery',
    action: 'retry',
    params: { label: 'text' },
    text: {
      'pt-BR': 'Ninguém decidiu a tempo na revisão "{label}"; repita a execução para pedir de novo',
      en: 'Nobody decided in time in review "{label}"; retry the run to ask again',
    },
  },
  'step.worker_lost': {
    severity: 'blocking',
    domain: 'data',
    action: 'retry',
    params: { label: 'text', count: 'number' },
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
    params: { label: 'text' },
    text: {
      'pt-BR': 'A etapa "{label}" parou por um erro interno; tente de novo ou fale com o suporte',
      en: 'Step "{label}" stopped on an internal error; try again or ask support',
    },
  },
  'delivery.recipient_rejected': {
    severity: 'blocking',
    domain: 'delivery',
    action: 'set_recipient',
    params: { email: 'text' },
    text: {
      'pt-BR': 'O servidor de e-mail recusou o destinatário {email}; confira o endereço',
      en: 'The mail server refused the recipient {email}; check the address',
    },
  },
  'delivery.message_refused': {
    severity: 'blocking',
    domain: 'delivery',
    action: 'retry',
    params: {},
    text: {
      'pt-BR': 'O servidor de e-mail recusou a mensagem; veja o detalhe técnico',
      en: 'The mail server refused the message; see the technical detail',
    },
  },
  'delivery.outcome_unknown': {
    severity: 'blocking',
    domain: 'delivery',
    action: 'retry',
    params: { label: 'text' },
    text: {
      'pt-BR':
        'Não sabemos se o envio da etapa "{label}" aconteceu: confira e escolha enviar de novo ou considerar enviado',
      en: 'It is not known whether step "{label}" was sent: check, then choose to resend or to assume it was sent',
    },
  },
} as const satisfies Readonly<Record<string, Entry>>
