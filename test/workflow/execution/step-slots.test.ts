import { expect } from 'chai'
import * as fc from 'fast-check'
import { stepSlots } from '../../../src/workflow/execution/step-slots'

type Leave = () => void

const entered = async (
  enter: (organization: string) => Promise<Leave | 'full'>,
  organization: string,
): Promise<Leave> => {
  const leave = await enter(organization)
  if (leave === 'full') throw new Error(`no slot for ${organization}`)
  return leave
}

const many = async (enter: (organization: string) => Promise<Leave | 'full'>, organization: string, count: number) => {
  const all = await Promise.all(Array.from({ length: count }, () => enter(organization)))
  return all.flatMap((each) => (each === 'full' ? [] : [each]))
}

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
    expect(await enter('a')).to.equal('full')
  })

  it('have whoever waits enter, first come first, when another leaves', async () => {
    const enter = stepSlots(2, 10_000)
    const leave = await entered(enter, 'a')
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
    expect(await enter('a')).to.equal('full')
    leave()
    await entered(enter, 'a')
    expect(await enter('a')).to.equal('full')
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
          expect(leave === 'full').to.equal(before >= most)
          if (leave !== 'full') held.set(organization, [...(held.get(organization) ?? []), leave])
        }
        for (const leaves of held.values()) for (const leave of leaves) leave()
        expect(await many(enter, 'e', slots + 1)).to.have.length(Math.max(1, Math.floor(slots / 2)))
      }),
      { numRuns: 200 },
    ))
})
