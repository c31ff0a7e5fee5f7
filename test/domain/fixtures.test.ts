import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EventCodec } from '../../src/domain/codec'
import { connection } from '../../src/domain/connection'
import { CommandPlaces } from '../../src/domain/command-places'
import type { DomainEvent } from '../../src/domain/domain-event'
import { execution } from '../../src/domain/execution'
import { EventMetadata } from '../../src/domain/metadata'
import { template } from '../../src/domain/template'
import { workflowDefinition } from '../../src/domain/workflow-definition'

/**
 * `fixtures/<aggregate>/<event type>.v<version>.json` is what stands in the logs of users, a file for each type and version. They were written once, by
 * the code of their time, and are never changed: a new shape is a new version, with an upcast in the codec and a file of its own. A field that came
 * later and may be absent has a file beside that of its version, `<event type>.v<version>.<field>.json`.
 */
const root = join(__dirname, 'fixtures')

type Stored = { readonly type: string; readonly data: never; readonly metadata: never }
const read = (aggregate: string, file: string): Stored =>
  JSON.parse(readFileSync(join(root, aggregate, file), 'utf8')) as Stored

const covers = (aggregate: string, { decode, encode, versions }: EventCodec<DomainEvent>): void => {
  describe(`what stands in the log of ${aggregate}`, () => {
    const files = readdirSync(join(root, aggregate))
    const expected = Object.entries(versions).flatMap(([type, newest]) =>
      Array.from({ length: newest }, (_, i) => `${type}.v${i + 1}`).flatMap((name, i) =>
        [`${name}.json`, ...files.filter((file) => file.startsWith(`${name}.`) && file !== `${name}.json`)].map(
          (file) => ({ type, version: i + 1, newest, file }),
        ),
      ),
    )

    it('has a fixture for each type of event and each version of it, and none besides', () => {
      expect(files.toSorted()).to.deep.equal(expected.map(({ file }) => file).sort())
    })

    for (const { type, version, newest, file } of expected)
      it(`${file.replace('.json', '')} is read for ever`, () => {
        const stored = read(aggregate, file)
        expect(stored).to.deep.include({ type }).and.to.have.nested.property('metadata.schema_version', version)
        expect(E.isRight(EventMetadata.decode(stored.metadata))).to.equal(true)
        const event = decode(stored)
        if (E.isLeft(event)) throw new Error(event.left.reason)
        expect(encode(event.right)).to.include({ type, version: newest })
        if (version === newest) expect(encode(event.right).data).to.deep.equal(stored.data)
      })
  })
}

covers('execution', execution.codec as EventCodec<DomainEvent>)
covers('workflow-definition', workflowDefinition.codec as EventCodec<DomainEvent>)
covers('template', template.codec as EventCodec<DomainEvent>)
covers('connection', connection.codec as EventCodec<DomainEvent>)
covers('command', CommandPlaces as EventCodec<DomainEvent>)
