import { expect } from 'chai'
import type { LookupAddress } from 'node:dns'
import { allowedAddresses, isAddressNotAllowed, pinnedAddress } from '../../../src/nodes/outgoing/address'
import { guardedLookup } from '../../../src/nodes/outgoing/guarded-lookup'

const strict = { allowPrivateAddresses: false, fileRoot: undefined }
const open = { allowPrivateAddresses: true, fileRoot: undefined }

const refusal = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => 'allowed',
    (error: unknown) => error,
  )

describe('outgoing addresses', () => {
  for (const host of [
    '127.0.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '[::1]',
    'fd00::1',
    'fe80::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::1',
    'localhost',
  ])
    it(`do not lead to ${host}, unless private ones are allowed`, async () => {
      expect(isAddressNotAllowed(await refusal(allowedAddresses(host, strict)))).to.equal(true)
      expect(await allowedAddresses(host, open)).to.have.length.greaterThan(0)
    })

  for (const host of ['93.184.216.34', '2606:2800:220:1:248:1893:25c8:1946', '[2606:2800:220:1::1]'])
    it(`may lead to ${host}`, async () => {
      expect(await pinnedAddress(host, strict)).to.equal(host.replace(/[[\]]/g, ''))
    })

  it('are looked up once: a socket connects to what was checked', async () => {
    const looked = (policy: typeof strict, all: boolean) =>
      new Promise<unknown>((resolve) => {
        guardedLookup(policy)('localhost', { all }, (error, found: string | LookupAddress[]) => resolve(error ?? found))
      })
    expect(isAddressNotAllowed(await looked(strict, true))).to.equal(true)
    expect(await looked(open, false)).to.be.oneOf(['127.0.0.1', '::1'])
    expect(await looked(open, true)).to.deep.include({ address: '127.0.0.1', family: 4 })
  })
})
