import type * as t from 'io-ts'
import { exactObject } from '../../domain/exact'
import { requiredFields } from '../triggers'

export const ManualConfig = exactObject('ManualConfig', {}, { required_fields: requiredFields })
export type ManualConfig = t.TypeOf<typeof ManualConfig>
