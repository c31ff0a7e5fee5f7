export type WorkflowNotFound = { readonly _tag: 'WorkflowNotFound' }
export type WorkflowAlreadyExists = { readonly _tag: 'WorkflowAlreadyExists' }
export type WorkflowArchivedAlready = { readonly _tag: 'WorkflowArchivedAlready' }
/** A version came meanwhile that nobody has looked at. */
export type WorkflowRevisedMeanwhile = { readonly _tag: 'WorkflowRevisedMeanwhile' }

export type WorkflowDefinitionRefusal =
  WorkflowNotFound | WorkflowAlreadyExists | WorkflowArchivedAlready | WorkflowRevisedMeanwhile
