import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { shownExecution, shownLog, shownStep } from '../../src/api/executions/shown'
import { messages } from '../../src/domain/messages'
import { actionTexts } from '../../src/domain/messages/actions'
import { locales } from '../../src/domain/messages/entry'
import { logTexts } from '../../src/domain/messages/log'
import type { Recorded } from '../../src/domain/event-store'
import { readerWith } from '../../src/domain/visibility'
import { messagesOf, shownMessage } from '../../src/projections/live/message'
import { rowsOf } from '../../src/projections/executions/rows-of'
import { anyHistory } from '../projections/live/histories'

type Found = readonly [path: string, value: string]

const textsIn = (value: unknown, path = ''): ReadonlyArray<Found> => {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, `${path}.${key}`))
}

/** The snapshot of a fault's text is the one that events hold: for codes that a later version does not know any more. */
const snapshot = /fault\.personal\.text$/

/** Patterns up to their first parameter. */
const beginnings = [
  ...Object.values(messages).map(({ text }) => text),
  ...Object.values(logTexts),
  ...Object.values(actionTexts).flatMap((texts) =>
    [0, 1].map((i) => ({ 'pt-BR': texts['pt-BR'][i] ?? '', en: texts.en[i] ?? '' })),
  ),
]
  .flatMap((text) => locales.map((locale) => text[locale].split('{')[0]?.trim() ?? ''))
  .filter((text) => text.length > 12)

const renderedIn = (event: unknown): ReadonlyArray<Found> =>
  textsIn(event).filter(
    ([path, value]) => !snapshot.test(path) && beginnings.some((beginning) => value.includes(beginning)),
  )

const withoutSnapshots = (history: ReadonlyArray<Recorded>): ReadonlyArray<Recorded> =>
  history.map((recorded) => ({
    ...recorded,
    data: JSON.parse(JSON.stringify(recorded.data), (key, value: unknown) =>
      key === 'personal' && typeof value === 'object' && value !== null && 'text' in value
        ? { ...value, text: 'a better wording came later' }
        : value,
    ) as never,
  }))

/** Everything that is shown of a run. */
const shownOf = (history: ReadonlyArray<Recorded>) =>
  locales.map((locale) => {
    const reader = readerWith(['admin'], locale)
    const rows = rowsOf(history)
    return rows === undefined
      ? []
      : [
          shownExecution(reader)(rows.execution),
          rows.steps.map(shownStep(reader)),
          rows.logs.map(shownLog(reader)),
          messagesOf(history).map(({ message }) => shownMessage(message, reader)),
        ]
  })

describe('what is said of events', () => {
  it('does not stand in them, but for the snapshot of a fault', () => {
    const root = join(__dirname, 'fixtures')
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'))
    expect(files.length).to.be.greaterThan(30)
    for (const file of files)
      expect(renderedIn(JSON.parse(readFileSync(join(root, file), 'utf8'))), file).to.deep.equal([])
    fc.assert(
      fc.property(anyHistory(), (history) => {
        for (const { data } of history) expect(renderedIn(data)).to.deep.equal([])
      }),
    )
  })

  it('is said from codes and parameters, so that a better wording mends history', () => {
    fc.assert(
      fc.property(anyHistory(), (history) => {
        expect(shownOf(withoutSnapshots(history))).to.deep.equal(shownOf(history))
      }),
    )
  })
})
