import type { Role } from '../../domain/visibility'

/** Who may do what: everyone reads; operators also start and steer runs; auditors also read the audit; admins all. What each sees is said in visibility. */
export const mayRead: ReadonlyArray<Role> = ['viewer', 'operator', 'auditor', 'admin']
export const mayOperate: ReadonlyArray<Role> = ['operator', 'admin']
export const mayAudit: ReadonlyArray<Role> = ['auditor', 'admin']
export const mayAdminister: ReadonlyArray<Role> = ['admin']
