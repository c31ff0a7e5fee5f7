import type { Entry } from './entry'

export const permissions = {
  'permissions.connection_missing': {
    severity: 'blocking',
    domain: 'permissions',
    action: 'connect_provider',
    text: { 'pt-BR': 'Conecte uma conta {provider} para continuar', en: 'Connect a {provider} account to continue' },
  },
  'permissions.secret_unreadable': {
    severity: 'blocking',
    domain: 'permissions',
    action: 'update_credentials',
    text: {
      'pt-BR': 'As credenciais da conexão com {provider} não podem mais ser lidas; informe-as de novo',
      en: 'The credentials of the {provider} connection can no longer be read; enter them again',
    },
  },
  'permissions.address_not_allowed': {
    severity: 'blocking',
    domain: 'permissions',
    action: 'reconnect_provider',
    text: {
      'pt-BR': 'O endereço {host} da conexão não pode ser usado: fica em uma rede privada ou fora da pasta permitida',
      en: 'The address {host} of the connection may not be used: it is in a private network or outside the allowed folder',
    },
  },
} as const satisfies Readonly<Record<string, Entry>>
