import { expect } from 'chai'
import { paramsFor, readerWith, type Role, roles, type Sight, withoutMailboxes } from '../../src/domain/visibility'

const expected: Readonly<Record<Role, Sight>> = {
  viewer: { tech: false, data: false, people: false },
  operator: { tech: false, data: true, people: true },
  auditor: { tech: true, data: true, people: true },
  admin: { tech: true, data: true, people: true },
}

describe('who sees what', () => {
  for (const role of roles)
    it(`is decided for a ${role}`, () => {
      expect(readerWith([role], 'en').sees).to.deep.equal(expected[role])
    })

  it('is what any of several roles sees; nothing more than everybody without one that is known', () => {
    expect(readerWith(['viewer', 'auditor'], 'en').sees).to.deep.equal(expected.auditor)
    expect(readerWith([], 'en').sees).to.deep.equal(expected.viewer)
    expect(readerWith(['root', 'Admin', '__proto__'], 'en').sees).to.deep.equal(expected.viewer)
  })

  it('keeps people and data out of the parameters of texts', () => {
    const params = {
      recipients: 'ana@example.com, bia@example.org',
      who: 'Ana Maria',
      email: 'not an address',
      subject: 'Contract of Ana',
      location: 'file:///archive/ana',
      label: 'Send',
      count: 2,
    }
    expect(paramsFor(readerWith(['viewer'], 'en'), params)).to.deep.equal({
      recipients: 'a…@example.com, b…@example.org',
      who: '…',
      email: '…',
      subject: '…',
      location: '…',
      label: 'Send',
      count: 2,
    })
    expect(paramsFor(readerWith(['operator'], 'en'), params)).to.deep.equal(params)
  })

  it('masks addresses in a text of any length', () => {
    expect(withoutMailboxes('to <ana@example.com>; b@x.co')).to.equal('to <a…@example.com>; b…@x.co')
    expect(withoutMailboxes('a'.repeat(200_000))).to.have.length(200_000)
  })
})
