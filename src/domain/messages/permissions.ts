import type { Entry } from './entry'

export const permissions = {
  'permissions.connection_missing': {
    severity: 'blocking',
    domain: 'permissions',
    action: 'connect_provider',
    params: { provider: 'text' },
    text: { 'pt-BR': 'Conecte uma conta {provider} para continuar', en: 'Connect a {provider} account to continue' },
  },
  'permissions.secret_unreadable': {
    severity: 'blocking',
    domain: 'permissions',
    action: 'update_credentials',
    params: { provider: 'text' },
    text: {
      'pt-BR': 'As credenciais da conexão com {provider} não podem mais ser lidas; informe-as de novo',
      en: 'The credentials of the {provider} connection can no longer be read; enter them again',
    },
  },
  'permissions.token_expired': {
    severity: 'blocking',
    domain: 'permissions',
    action: 'reconnect_provider',
    params: { provider: 'text' },
    text: { 'pt-BR': 'A conexão com {provider} expirou', en: 'The {provider} connection has expired' },
  },
  'permissions.token_revoked': {
    severity: 'blocking',
    domain: 'permissions',
    action: 'reconnect_provider',
    params: { provider: 'text' },
    text: {
      'pt-BR': 'O acesso a {provider} foi removido pelo titular',
      en: 'Access to {provider} was revoked by its owner',
    },
  },
  'permissions.token_expiring': {
    severity: 'warning',
    domain: 'permissions',
    action: 'reconnect_provider',
    params: { provider: 'text', when: 'text' },
    text: { 'pt-BR': 'A conexão com {provider} vence em {when}', en: 'The {provider} connection expires {when}' },
  },
  'permissions.scope_missing': {
    severity: 'blocking',
    domain: 'permissions',
    action: 'fix_permissions',
    params: { provider: 'text', scopes: 'text' },
    text: { 'pt-BR': 'Faltam permissões em {provider}: {scopes}', en: 'Missing {provider} permissions: {scopes}' },
  },
  'permissions.resource_denied': {
    severity: 'blocking',
    domain: 'permissions',
    action: 'fix_permissions',
    params: { resource: 'text', provider: 'text' },
    text: { 'pt-BR': 'Sem acesso a "{resource}" em {provider}', en: 'No access to "{resource}" in {provider}' },
  },
  'permissions.check_unavailable': {
    severity: 'warning',
    domain: 'permissions',
    action: 'retry',
    params: { provider: 'text' },
    text: {
      'pt-BR': 'Não foi possível confirmar o acesso a {provider} agora',
      en: 'Access to {provider} could not be confirmed now',
    },
  },
  'permissions.address_not_allowed': {
    severity: 'blocking',
    domain: 'permissions',
    action: 'reconnect_provider',
    params: { host: 'text' },
    text: {
      'pt-BR': 'O endereço {host} da conexão não pode ser usado: fica em uma rede privada ou fora da pasta permitida',
      en: 'The address {host} of the connection may not be used: it is in a private network or outside the allowed folder',
    },
  },
} as const satisfies Readonly<Record<string, Entry>>
