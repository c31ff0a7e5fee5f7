import type * as t from 'io-ts'
import { exactObject } from '../../domain/exact'

export const ManualConfig = exactObject('ManualConfig', {}, {})
export type ManualConfig = t.TypeOf<typeof ManualConfig>
