import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as fc from 'fast-check'
import { type Keyring, keyringOf } from '../../../src/stores/secrets/keyring'
import { seal, unseal } from '../../../src/stores/secrets/seal'

const newKey = () => randomBytes(32).toString('base64')
const ring = (...keys: ReadonlyArray<string>): Keyring => {
  const read = keyringOf(keys.join(','))
  if (E.isLeft(read)) throw new Error(read.left)
  return read.right
}

describe('sealing of secrets', () => {
  it('opens what it sealed, for any text', () => {
    const keys = ring(newKey())
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, place) => {
        expect(unseal(keys, place, seal(keys, place, text))).to.equal(text)
      }),
    )
  })

  it('does not open at another place, with another key, or after a change', () => {
    const keys = ring(newKey())
    const sealed = seal(keys, 'org connection', 'secret')
    const changed = Buffer.from(sealed.ciphertext)
    changed.writeUInt8(changed.readUInt8(0) ^ 1, 0)
    expect(() => unseal(keys, 'org other', sealed)).to.throw()
    expect(() => unseal(ring(newKey()), 'org connection', sealed)).to.throw('no key')
    expect(() => unseal(keys, 'org connection', { ...sealed, ciphertext: changed })).to.throw()
    expect(() => unseal(keys, 'org connection', { ...sealed, tag: sealed.tag.subarray(0, 4) })).to.throw()
  })

  it('seals with the first key and opens with older ones', () => {
    const [older, newer] = [newKey(), newKey()]
    const sealed = seal(ring(older), 'place', 'secret')
    expect(unseal(ring(newer, older), 'place', sealed)).to.equal('secret')
    expect(seal(ring(newer, older), 'place', 'secret').key_id).to.equal(ring(newer)[0].id)
  })

  it('never gives the same bytes twice', () => {
    const keys = ring(newKey())
    expect(seal(keys, 'p', 's').ciphertext.equals(seal(keys, 'p', 's').ciphertext)).to.equal(false)
  })

  it('refuses keys that are not 32 bytes in base64', () => {
    for (const text of [
      '',
      'short',
      randomBytes(16).toString('base64'),
      randomBytes(32).toString('hex'),
      `${newKey()},`,
    ])
      expect(E.isLeft(keyringOf(text)), text).to.equal(true)
  })
})
