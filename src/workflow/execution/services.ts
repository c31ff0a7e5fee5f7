import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { connection, connectionStream } from '../../domain/connection/connection'
import type { OrganizationId } from '../../domain/ids'
import { load } from '../../domain/load'
import { template, templateStream } from '../../domain/template/template'
import type { StepServices } from '../../nodes/step-run'
import { unavailable } from './step-faults'
import type { Log } from './tell'

/** Templates and connections come from the log; those of another organization do not exist. */
export const catalogueOf = (log: Log, organization: OrganizationId): Pick<StepServices, 'template' | 'connection'> => ({
  template: (id) =>
    pipe(
      load(log)(template)(templateStream(id)),
      TE.bimap(unavailable, ({ state }) =>
        state.status === 'stored' && state.organizationId === organization ? state : undefined,
      ),
    ),
  connection: (id) =>
    pipe(
      load(log)(connection)(connectionStream(id)),
      TE.bimap(unavailable, ({ state }) =>
        state.status === 'active' && state.organizationId === organization ? state : undefined,
      ),
    ),
})
