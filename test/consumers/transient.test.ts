import { expect } from 'chai'
import { isTransient, transient } from '../../src/consumers/transient'

const coded = (code: string) => Object.assign(new Error('x'), { code })

describe('a failure', () => {
  for (const code of [
    'ECONNREFUSED',
    'ECONNRESET',
    '08006',
    '40001',
    '40P01',
    '53100',
    '57P01',
    '57P03',
    '57014',
    '25006',
    '25P03',
  ])
    it(`with code ${code} is worth another try`, () => expect(isTransient(coded(code))).to.equal(true))

  for (const message of [
    'Connection terminated unexpectedly',
    'select 1 - Query read timeout',
    'timeout expired',
    'LOADING Redis is loading the dataset in memory',
  ])
    it(`"${message}" is worth another try`, () => expect(isTransient(new Error(message))).to.equal(true))

  it('that says so is worth another try, and so is one of several at once', () => {
    expect(isTransient(transient('away'))).to.equal(true)
    expect(isTransient(new AggregateError([coded('ECONNREFUSED')]))).to.equal(true)
  })

  for (const code of ['23503', '22P05', '42P01', ''])
    it(`with code "${code}" is not`, () => expect(isTransient(coded(code))).to.equal(false))

  it('that is no error is not', () => expect(isTransient('40001')).to.equal(false))
})
