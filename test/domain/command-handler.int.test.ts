import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import { commandHandler } from '../../src/domain/command-handler'
import {
  type CommandId,
  commandIdOfKey,
  CorrelationId,
  derivedId,
  OrganizationId,
  TemplateId,
} from '../../src/domain/ids'
import type { CommandContext } from '../../src/domain/metadata'
import { revision } from '../../src/domain/position'
import { template, type TemplateCommand, templateStream } from '../../src/domain/template'
import { eventStoreForTests } from '../support/event-store'

const organization = derivedId(OrganizationId, randomUUID(), 'organization')

const content = (sha256: string) => ({
  sha256,
  size: 1,
  file_name: 'a.docx',
  tags: [],
  loops: [],
  tree: [],
  warnings: [],
})
const contextOf = (commandId: CommandId, commandHash = 'h'): CommandContext => ({
  commandId,
  commandHash,
  correlationId: derivedId(CorrelationId, randomUUID()),
  causationId: commandId,
  actor: { type: 'user', id: 'someone@example.com' },
  organization,
})
const aCommandId = () => commandIdOfKey(organization, randomUUID())

describe('the command handler', () => {
  const store = eventStoreForTests()

  const upload = (template_id: TemplateId): TemplateCommand => ({
    type: 'UploadTemplate',
    template_id,
    organization_id: organization,
    name: 'Contract',
    content: content('a'),
  })
  const give = (id: TemplateId, command: TemplateCommand, context: CommandContext, pinned?: bigint) =>
    commandHandler(store())(template)(
      templateStream(id),
      command,
      context,
      pinned === undefined ? undefined : revision(pinned),
    )()
  const anId = () => derivedId(TemplateId, randomUUID(), 'template')
  const lengthOf = async (id: TemplateId): Promise<number> =>
    pipe(
      await store().readStream(templateStream(id), { limit: 100 })(),
      E.match(
        (error) => expect.fail(error._tag),
        (events) => events.length,
      ),
    )
  const answerOf = async <A>(given: Promise<E.Either<{ readonly _tag: string }, A>>): Promise<A> =>
    pipe(
      await given,
      E.getOrElseW((error) => expect.fail(error._tag)),
    )
  const refusalOf = async (given: Promise<E.Either<{ readonly _tag: string }, unknown>>): Promise<string> =>
    pipe(
      await given,
      E.match(
        ({ _tag }) => _tag,
        () => expect.fail('not refused'),
      ),
    )

  it('answers a repeated command with its first result, also when others came after', async () => {
    const id = anId()
    const context = contextOf(aCommandId())
    const first = await answerOf(give(id, upload(id), context))
    await answerOf(give(id, { type: 'AddTemplateVersion', content: content('b') }, contextOf(aCommandId())))
    const again = await answerOf(give(id, upload(id), context))
    expect(again.repeated).to.equal(true)
    expect(again).to.deep.include({ state: first.state, revision: first.revision, position: first.position })
    expect(await lengthOf(id)).to.equal(2)
  })

  it('refuses a command id that comes back with another request', async () => {
    const id = anId()
    const commandId = aCommandId()
    await answerOf(give(id, upload(id), contextOf(commandId)))
    expect(await refusalOf(give(id, upload(id), contextOf(commandId, 'other')))).to.equal('CommandIdReused')
    expect(await lengthOf(id)).to.equal(1)
  })

  it('writes the same command once when it comes twenty times at the same time', async () => {
    const id = anId()
    const context = contextOf(aCommandId())
    const answers = await Promise.all(Array.from({ length: 20 }, () => answerOf(give(id, upload(id), context))))
    expect(new Set(answers.map((answer) => answer.revision))).to.deep.equal(new Set([0n]))
    expect(await lengthOf(id)).to.equal(1)
  })

  it('lets one of two requests under the same id win when they come at the same time', async () => {
    const id = anId()
    const commandId = aCommandId()
    const [a, b] = await Promise.all([
      give(id, upload(id), contextOf(commandId, 'one')),
      give(id, upload(id), contextOf(commandId, 'two')),
    ])
    expect([a, b].filter(E.isRight)).to.have.length(1)
    expect([a, b].filter(E.isLeft).map(({ left }) => left._tag)).to.deep.equal(['CommandIdReused'])
    expect(await lengthOf(id)).to.equal(1)
  })

  it('decides again on a conflict, and gives up after four decisions with a clear answer', async () => {
    const id = anId()
    await answerOf(give(id, upload(id), contextOf(aCommandId())))
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        give(id, { type: 'AddTemplateVersion', content: content(`v${i}`) }, contextOf(aCommandId())),
      ),
    )
    const landed = results.filter(E.isRight).length
    expect(landed).to.be.at.least(4)
    expect(new Set(results.filter(E.isLeft).map(({ left }) => left._tag))).to.satisfy(
      (tags: ReadonlySet<string>) => tags.size === 0 || (tags.size === 1 && tags.has('TooManyConflicts')),
    )
    expect(await lengthOf(id)).to.equal(1 + landed)
  })

  it('pins a revision: no second decision when it moved', async () => {
    const id = anId()
    await answerOf(give(id, upload(id), contextOf(aCommandId())))
    const add = (sha: string): TemplateCommand => ({ type: 'AddTemplateVersion', content: content(sha) })
    expect(await refusalOf(give(id, add('b'), contextOf(aCommandId()), 5n))).to.equal('RevisionMoved')
    const answer = await answerOf(give(id, add('b'), contextOf(aCommandId()), 0n))
    expect(answer.revision).to.equal(1n)
  })

  it('appends nothing when the decider is silent, and answers with the stream as it stands', async () => {
    const id = anId()
    const first = await answerOf(give(id, upload(id), contextOf(aCommandId())))
    const same = await answerOf(
      give(id, { type: 'AddTemplateVersion', content: content('a') }, contextOf(aCommandId())),
    )
    expect(same).to.deep.include({ revision: first.revision, position: first.position, repeated: false })
  })

  it('stamps who, why and for whom on every event', async () => {
    const id = anId()
    const context = contextOf(aCommandId())
    await answerOf(give(id, upload(id), context))
    const [event] = await answerOf(store().readStream(templateStream(id), { limit: 1 })())
    expect(event?.metadata).to.deep.equal({
      $correlationId: context.correlationId,
      $causationId: context.causationId,
      command_id: context.commandId,
      command_hash: 'h',
      actor: context.actor,
      organization_id: organization,
      schema_version: 1,
    })
  })
})
