import { expect } from 'chai'
import * as fc from 'fast-check'
import { type Full, mostInside, stepSlots } from '../../../src/workflow/execution/step-slots'

type Leave = () => void
type Enter = (organization: string) => Promise<Leave | Full>

const isLeave = (entered: Leave | Full): entered is Leave => typeof entered === 'function'

const entered = async (enter: Enter, organization: string): Promise<Leave> => {
  const leave = await enter(organization)
  if (!isLeave(leave)) throw new Error(`no slot for ${organization}`)
  return leave
}

const asked = (enter: Enter, organization: string, count: number) =>
  Promise.all(Array.from({ length: count }, () => enter(organization)))

const many = async (enter: Enter, organization: string, count: number): Promise<Leave[]> =>
  (await asked(enter, organization, count)).filter(isLeave)

/** When each of so many is to come back, in the order of asking, ms. */
const putOff = async (enter: Enter, organization: string, count: number): Promise<number[]> =>
  (await asked(enter, organization, count)).flatMap((each) => (isLeave(each) ? [] : [each.putOffMs]))

describe('slots for runs at work', () => {
  it('give an organization half of what the others leave', async () => {
    const enter = stepSlots(16, 1)
    expect(await many(enter, 'a', 20)).to.have.length(8)
    expect(await many(enter, 'b', 20)).to.have.length(4)
    expect(await many(enter, 'c', 20)).to.have.length(2)
  })

  it('give every organization one, however few there are', async () => {
    const enter = stepSlots(1, 1)
    for (const organization of ['a', 'b', 'c']) await entered(enter, organization)
    expect(isLeave(await enter('a'))).to.equal(false)
  })

  it('have whoever waits enter, first come first, when another leaves', async () => {
    const enter = stepSlots(16, 10_000)
    const [leave = () => undefined] = await many(enter, 'a', 8)
    const order: string[] = []
    const waiting = ['first', 'second'].map(async (name) => {
      const leaveAgain = await entered(enter, 'a')
      order.push(name)
      leaveAgain()
    })
    await Promise.resolve()
    expect(order).to.deep.equal([])
    leave()
    await Promise.all(waiting)
    expect(order).to.deep.equal(['first', 'second'])
  })

  it('let an organization in when another’s runs leave', async () => {
    const enter = stepSlots(4, 10_000)
    const theirs = await many(enter, 'b', 2)
    await entered(enter, 'a')
    const second = entered(enter, 'a')
    for (const leave of theirs) leave()
    await second
  })

  it('are full after the patience, and whoever gave up takes no slot', async () => {
    const enter = stepSlots(2, 5)
    const leave = await entered(enter, 'a')
    expect(isLeave(await enter('a'))).to.equal(false)
    leave()
    await entered(enter, 'a')
    expect(isLeave(await enter('a'))).to.equal(false)
  })

  it('have only a few wait, shared alike, and put the others off at once', async () => {
    const enter = stepSlots(16, 10_000)
    await many(enter, 'a', 8)
    await many(enter, 'b', 4)
    let off = 0
    const ask = (organization: string) =>
      enter(organization).then((answer) => {
        if (!isLeave(answer)) off += 1
      })
    for (let i = 0; i < 10; i += 1) void ask('a')
    for (let i = 0; i < 10; i += 1) void ask('b')
    await new Promise(setImmediate)
    const waiting = 20 - off
    expect(waiting).to.equal(3)
    expect(12 + waiting).to.be.at.most(mostInside(16))
  })

  it('put a run off until its turn: the more are ahead and the longer they hold their slots, the later, within bounds', async () => {
    let now = 0
    const enter = stepSlots(16, 0, () => now)
    const leaves = await many(enter, 'a', 8)
    const soon = await putOff(enter, 'a', 4)
    for (const ms of soon) expect(ms).to.be.within(750, 1_250)
    now = 4_000
    const [, , third, , fifth] = await putOff(enter, 'a', 5)
    expect(third, 'two ahead').to.be.within(0.75 * 1_000, 1.25 * 1_000)
    expect(fifth, 'four ahead').to.be.within(0.75 * 2_000, 1.25 * 2_000)
    await putOff(enter, 'a', 100)
    for (const ms of await putOff(enter, 'a', 1)) expect(ms).to.be.within(0.75 * 30_000, 1.25 * 30_000)
    for (const leave of leaves) leave()
    expect(await many(enter, 'a', 8)).to.have.length(8)
    for (const ms of await putOff(enter, 'a', 1)) expect(ms, 'those before held theirs for long').to.be.above(10_000)
    for (const ms of await putOff(enter, 'b', 8)) expect(ms, 'another organization').to.be.below(1_251)
    now = 100_000
    for (const ms of await putOff(enter, 'a', 1)) expect(ms, 'all that were put off are due').to.be.within(750, 1_250)
  })

  const organization = fc.constantFrom('a', 'b', 'c', 'd')
  const act = fc.oneof(
    fc.record({ type: fc.constant('enter' as const), organization }),
    fc.record({ type: fc.constant('leave' as const), organization }),
  )

  it('never give one more than half of what the others leave, or one, and leak none', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.array(act, { maxLength: 60 }), async (slots, acts) => {
        const enter = stepSlots(slots, 0)
        const held = new Map<string, Leave[]>()
        const of = (name: string) => held.get(name)?.length ?? 0
        const total = () => [...held.values()].reduce((sum, { length }) => sum + length, 0)
        for (const { type, organization } of acts) {
          if (type === 'leave') {
            held.get(organization)?.pop()?.()
            continue
          }
          const before = of(organization)
          const most = Math.max(1, Math.floor((slots - (total() - before)) / 2))
          const leave = await enter(organization)
          expect(isLeave(leave)).to.equal(before < most)
          if (isLeave(leave)) held.set(organization, [...(held.get(organization) ?? []), leave])
        }
        for (const leaves of held.values()) for (const leave of leaves) leave()
        expect(await many(enter, 'e', slots + 1)).to.have.length(Math.max(1, Math.floor(slots / 2)))
      }),
      { numRuns: 200 },
    ))
})
