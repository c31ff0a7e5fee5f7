import type { Entry } from './entry'

export const signature = {
  'signature.provider_not_configured': {
    severity: 'blocking',
    domain: 'signature',
    action: 'configure_signature',
    params: {},
    text: { 'pt-BR': 'Configure um serviço de assinatura', en: 'Configure a signature service' },
  },
  'signature.signers_missing': {
    severity: 'blocking',
    domain: 'signature',
    action: 'add_signer',
    params: {},
    text: { 'pt-BR': 'Adicione pelo menos um signatário', en: 'Add at least one signer' },
  },
  'signature.signer_invalid': {
    severity: 'blocking',
    domain: 'signature',
    action: 'fix_signer',
    params: { position: 'number', fields: 'text' },
    text: {
      'pt-BR': 'Dados do signatário {position} incompletos: {fields}',
      en: 'Signer {position} is incomplete: {fields}',
    },
  },
  'signature.expiration_invalid': {
    severity: 'blocking',
    domain: 'signature',
    action: 'set_expiration',
    params: { min: 'number', max: 'number' },
    text: {
      'pt-BR': 'O prazo de assinatura deve ficar entre {min} e {max} dias',
      en: 'The signing deadline must be {min} to {max} days',
    },
  },
  'signature.duplicate_signer': {
    severity: 'warning',
    domain: 'signature',
    action: 'fix_signer',
    params: { position: 'number', email: 'text' },
    text: {
      'pt-BR': 'O signatário {position} repete o e-mail {email}',
      en: 'Signer {position} repeats the e-mail {email}',
    },
  },
  'signature.no_document_before': {
    severity: 'blocking',
    domain: 'signature',
    action: 'edit_workflow',
    params: { label: 'text' },
    text: {
      'pt-BR': 'Nenhuma etapa antes de "{label}" gera o documento a assinar',
      en: 'No step before "{label}" makes the document to sign',
    },
  },
} as const satisfies Readonly<Record<string, Entry>>
