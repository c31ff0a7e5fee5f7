import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import * as E from 'fp-ts/Either'
import { allStreams } from '../../src/consumers/consumer'
import { commandHandler } from '../../src/domain/command-handler'
import type { EventStore, StreamName } from '../../src/domain/event-store'
import { CommandId, derivedId, TemplateId } from '../../src/domain/ids'
import { type CommandContext, EventMetadata } from '../../src/domain/metadata'
import { revision } from '../../src/domain/position'
import { template, type TemplateCommand, templateStream } from '../../src/domain/template'
import {
  workflowDefinition,
  type WorkflowDefinitionCommand,
  workflowDefinitionStream,
} from '../../src/domain/workflow-definition'
import { addVersion, define, revise, upload, workflowId } from '../support/definitions'
import { type LogInMemory, logInMemory } from '../support/run-in-memory'
import { organizationId } from '../support/runs'
import { contextOf, right } from '../support/send'

const templateId = derivedId(TemplateId, organizationId, 'template')
const stream = templateStream(templateId)
const contextNamed = (name: string, commandHash = 'h'): CommandContext => ({
  ...contextOf(organizationId),
  commandId: derivedId(CommandId, organizationId, name),
  commandHash,
})

type Log = Pick<EventStore, 'append' | 'readStream'>

const give = (log: Log, command: TemplateCommand, context: CommandContext, pinned?: bigint) =>
  commandHandler(log)(template)(stream, command, context, pinned === undefined ? undefined : revision(pinned))()

const addedLater = async (log: Log, count: number, bytes = 1): Promise<void> => {
  for (let n = 0; n < count; n++) right(await give(log, addVersion(randomUUID(), bytes), contextOf(organizationId)))
}

type Lost = 'landed' | 'not landed' | undefined

/** A log whose answers to appends to the template's own stream are lost, each in turn as said. */
const losing = (log: LogInMemory, lost: () => Lost): Log => ({
  readStream: log.readStream,
  append: (name, expected, events) => async () => {
    const how = name === stream ? lost() : undefined
    const answer = how === 'not landed' ? undefined : await log.append(name, expected, events)()
    return how === undefined && answer !== undefined
      ? answer
      : E.left({ _tag: 'StoreUnavailable' as const, reason: `lost, ${how ?? ''}` })
  },
})

describe('a command that is given again when its stream has gone on', () => {
  const first = async (log: Log) => {
    right(await give(log, upload(templateId), contextNamed('upload')))
    return right(await give(log, addVersion('mine'), contextNamed('mine')))
  }
  const amounts = (log: LogInMemory) => log.appends.length

  it('is answered as the first time, and nothing is written', async () => {
    const log = logInMemory()
    const uploaded = right(await give(log, upload(templateId), contextNamed('upload')))
    const mine = right(await give(log, addVersion('mine'), contextNamed('mine')))
    await addedLater(log, 30)
    const before = amounts(log)
    expect(right(await give(log, addVersion('mine'), contextNamed('mine')))).to.deep.equal({ ...mine, repeated: true })
    expect(right(await give(log, upload(templateId), contextNamed('upload')))).to.deep.equal({
      ...uploaded,
      repeated: true,
    })
    expect(amounts(log)).to.equal(before)
  })

  it('is found behind large events, and though another revision is pinned now', async () => {
    const log = logInMemory()
    const mine = await first(log)
    await addedLater(log, 2, 100_000)
    expect(right(await give(log, addVersion('mine'), contextNamed('mine'), 3n))).to.deep.equal({
      ...mine,
      repeated: true,
    })
  })

  it('is refused when it asks for something else', async () => {
    const log = logInMemory()
    await first(log)
    await addedLater(log, 30)
    for (const name of ['mine', 'upload'])
      expect(await give(log, addVersion('other'), contextNamed(name, 'other'))).to.deep.equal(
        E.left({ _tag: 'CommandIdReused' }),
      )
  })

  it('has its place noted before its events, of which it is told whether they got there', async () => {
    for (const lost of ['landed', 'not landed'] as const) {
      const log = logInMemory()
      right(await give(log, upload(templateId), contextNamed('upload')))
      const away = await give(
        losing(log, () => lost),
        addVersion('mine'),
        contextNamed('mine'),
      )
      expect(away).to.have.nested.property('left._tag', 'StoreUnavailable')
      await addedLater(log, 30)
      const again = right(await give(log, addVersion('mine'), contextNamed('mine')))
      expect([again.repeated, again.revision]).to.deep.equal(lost === 'landed' ? [true, 1n] : [false, 31n])
      await addedLater(log, 30)
      expect(right(await give(log, addVersion('mine'), contextNamed('mine')))).to.deep.equal({
        ...again,
        repeated: true,
      })
    }
  })

  it('is found in its first form by all who give it at once', async () => {
    const log = logInMemory()
    const mine = await first(log)
    await addedLater(log, 30)
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => give(log, addVersion('mine'), contextNamed('mine'))),
    )
    for (const answer of answers) expect(right(answer)).to.deep.equal({ ...mine, repeated: true })
    const fresh = await Promise.all(Array.from({ length: 10 }, () => give(log, addVersion('new'), contextNamed('new'))))
    expect(new Set(fresh.map((answer) => right(answer).revision))).to.deep.equal(new Set([32n]))
  })

  it('writes only to streams that every consumer passes', async () => {
    const log = logInMemory()
    const names: StreamName[] = []
    const append: EventStore['append'] = (name, expected, events) => {
      names.push(name)
      return log.append(name, expected, events)
    }
    await first({ ...log, append })
    expect(new Set(names).size).to.equal(2)
    for (const name of names)
      expect(
        allStreams.some((prefix) => name.startsWith(prefix)),
        name,
      ).to.equal(true)
  })

  it('is answered with the workflow as it was then', async () => {
    const log = logInMemory()
    const send = (command: WorkflowDefinitionCommand, name: string) =>
      commandHandler(log)(workflowDefinition)(workflowDefinitionStream(workflowId), command, contextNamed(name))()
    const results: Array<readonly [WorkflowDefinitionCommand, string, unknown]> = []
    const note = async (command: WorkflowDefinitionCommand, name: string) =>
      results.push([command, name, right(await send(command, name))])
    await note(define(true), 'define')
    await note({ type: 'ActivateWorkflow', version: 1 }, 'activate')
    for (let n = 0; n < 12; n++) await note(revise(n, true), `revise ${n}`)
    await note({ type: 'ArchiveWorkflow' }, 'archive')
    for (const [command, name, result] of results)
      expect(right(await send(command, name)), name).to.deep.equal({ ...(result as object), repeated: true })
  })

  it('happens once in any story of commands, repeats and lost answers', async () => {
    const step = fc.record({
      name: fc.nat(12),
      lost: fc.constantFrom<Lost>(undefined, undefined, undefined, 'landed', 'not landed'),
      bytes: fc.constantFrom(1, 1, 40_000),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const log = logInMemory()
        right(await give(log, upload(templateId), contextNamed('upload')))
        const answers = new Map<number, object>()
        for (const { name, lost, bytes } of steps) {
          const command = addVersion(`${name}`, bytes)
          const answer = await give(
            losing(log, () => lost),
            command,
            contextNamed(`${name}`),
          )
          if (E.isLeft(answer)) continue
          const { repeated: _, ...result } = answer.right
          expect(result).to.deep.equal(answers.get(name) ?? result)
          answers.set(name, result)
        }
        const inLog = log.stream(stream).map(({ metadata }) => right(EventMetadata.decode(metadata)).command_id)
        expect(new Set(inLog).size).to.equal(inLog.length)
      }),
      { numRuns: 150 },
    )
  })
})
