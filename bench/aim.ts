type Shown = (value: number) => string

const aim = (sign: string, limit: string, isMet: boolean): string => `aim ${sign} ${limit}: ${isMet ? 'met' : 'MISSED'}`

export const atMost = (value: number, limit: number, shown: Shown): string => aim('<=', shown(limit), value <= limit)

export const atLeast = (value: number, limit: number, shown: Shown): string => aim('>=', shown(limit), value >= limit)

export const times = (value: number): string => `${value.toFixed(2)} x`

export const perSecond = (value: number): string => `${value.toFixed(1)}/s`
