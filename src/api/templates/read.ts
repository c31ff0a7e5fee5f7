import { TemplateId } from '../../domain/ids'
import { template, templateStream } from '../../domain/template/template'
import type { Commanding } from '../deps'
import { readOwned } from '../read-owned'
import { shownTags, shownTemplate } from './shown'

type Deps = Pick<Commanding, 'on' | 'store'>

const kept = { aggregate: template, id: TemplateId, streamOf: templateStream }

export const readTemplate = (deps: Deps) => readOwned(deps)(kept, shownTemplate)
export const readTags = (deps: Deps) => readOwned(deps)(kept, () => shownTags)
