import type { Role } from '../../stores/identity/identity-store'

/** Who may do what: everyone reads; operators also start and steer runs; auditors also read audit and technical texts; admins all. */
export const mayRead: ReadonlyArray<Role> = ['viewer', 'operator', 'auditor', 'admin']
export const mayOperate: ReadonlyArray<Role> = ['operator', 'admin']
export const mayAudit: ReadonlyArray<Role> = ['auditor', 'admin']
export const mayAdminister: ReadonlyArray<Role> = ['admin']
