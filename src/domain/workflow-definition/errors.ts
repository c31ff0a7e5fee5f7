export type WorkflowNotFound = { readonly _tag: 'WorkflowNotFound' }
export type WorkflowAlreadyExists = { readonly _tag: 'WorkflowAlreadyExists' }
export type WorkflowArchivedAlready = { readonly _tag: 'WorkflowArchivedAlready' }

export type WorkflowDefinitionRefusal = WorkflowNotFound | WorkflowAlreadyExists | WorkflowArchivedAlready
