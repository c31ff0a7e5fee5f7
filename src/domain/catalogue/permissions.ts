import type { Entry } from './entry'

export const permissions = {
  'permissions.connection_missing': {
    severity: 'blocking',
    domain: 'permissions',
    action: 'connect_provider',
    text: { 'pt-BR': 'Conecte uma conta {provider} para continuar', en: 'Connect a {provider} account to continue' },
  },
} as const satisfies Readonly<Record<string, Entry>>
