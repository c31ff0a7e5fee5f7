import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import { eventCodec, type EventOf } from '../codec'
import type { Aggregate } from '../decider'
import type { StreamName } from '../event-store'
import { OrganizationId, TemplateId } from '../ids'
import { streamName } from '../position'
import { TemplateVersion } from './version'

const events = {
  TemplateUploaded: t.readonly(
    t.type({ template_id: TemplateId, organization_id: OrganizationId, name: t.string, content: TemplateVersion }),
  ),
  TemplateVersionAdded: t.readonly(t.type({ template_id: TemplateId, content: TemplateVersion })),
}
export type TemplateEvent = EventOf<typeof events>

type Content = Omit<TemplateVersion, 'version'>
export type UploadTemplate = {
  readonly type: 'UploadTemplate'
  readonly template_id: TemplateId
  readonly organization_id: OrganizationId
  readonly name: string
  readonly content: Content
}
export type AddTemplateVersion = { readonly type: 'AddTemplateVersion'; readonly content: Content }
export type TemplateCommand = UploadTemplate | AddTemplateVersion

export type TemplateRefusal = { readonly _tag: 'TemplateNotFound' } | { readonly _tag: 'TemplateAlreadyExists' }

/** `versions` rise from 1; the last is the one that steps use from now on. */
export type Template = {
  readonly status: 'stored'
  readonly templateId: TemplateId
  readonly organizationId: OrganizationId
  readonly name: string
  readonly versions: ReadonlyArray<TemplateVersion>
}
export type TemplateState = { readonly status: 'unknown' } | Template

const evolve = (state: TemplateState, event: TemplateEvent): TemplateState => {
  switch (event.type) {
    case 'TemplateUploaded':
      return {
        status: 'stored',
        templateId: event.data.template_id,
        organizationId: event.data.organization_id,
        name: event.data.name,
        versions: [event.data.content],
      }
    case 'TemplateVersionAdded':
      return state.status === 'unknown' ? state : { ...state, versions: [...state.versions, event.data.content] }
  }
}

const decide =
  (command: TemplateCommand) =>
  (state: TemplateState): E.Either<TemplateRefusal, ReadonlyArray<TemplateEvent>> => {
    switch (command.type) {
      case 'UploadTemplate': {
        const { type: _, content, ...data } = command
        return state.status === 'unknown'
          ? E.right([{ type: 'TemplateUploaded', data: { ...data, content: { ...content, version: 1 } } }])
          : E.left({ _tag: 'TemplateAlreadyExists' })
      }
      case 'AddTemplateVersion': {
        if (state.status === 'unknown') return E.left({ _tag: 'TemplateNotFound' })
        const last = state.versions.at(-1)
        if (last?.sha256 === command.content.sha256) return E.right([])
        const content = { ...command.content, version: (last?.version ?? 0) + 1 }
        return E.right([{ type: 'TemplateVersionAdded', data: { template_id: state.templateId, content } }])
      }
    }
  }

export const templateCategory = 'template'

/** A stored file whose tags were compiled when it was uploaded. The same bytes again make no new version. */
export const template: Aggregate<TemplateState, TemplateCommand, TemplateEvent, TemplateRefusal> = {
  category: templateCategory,
  codec: eventCodec(events),
  initialState: { status: 'unknown' },
  evolve,
  decide,
}

export const templateStream = (id: TemplateId): StreamName => streamName(templateCategory, id)
