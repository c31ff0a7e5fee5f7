import type { Entry } from './entry'

export const permissions = {
  'permissions.connection_missing': {
    severity: 'blocking',
    domain: 'permissions',
    action: 'connect_provider',
    text: { 'pt-BR': 'Conecte uma conta {provider} para continuar', en: 'Connect a {provider} account to continue' },
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
