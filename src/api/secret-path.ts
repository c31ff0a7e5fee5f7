const secretInPath = /(\/webhooks\/[^/]+\/)[^/?]+/

/** The token in a webhook's address opens it. */
export const withoutSecrets = (path: string): string => path.replace(secretInPath, '$1…')
