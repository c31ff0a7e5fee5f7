import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as fc from 'fast-check'
import { addressOf, mailboxOf } from '../../../src/nodes/email/address'

describe('e-mail addresses', () => {
  const good: ReadonlyArray<readonly [string, string]> = [
    ['ana@example.com', 'ana@example.com'],
    ["o'brien+tag@sub.example.com", "o'brien+tag@sub.example.com"],
    ['ana@localhost', 'ana@localhost'],
    ['ana@Example.COM', 'ana@example.com'],
    ['ana@açaí.com.br', 'ana@xn--aa-4iaz.com.br'],
    ['ana@[192.0.2.1]', 'ana@[192.0.2.1]'],
  ]
  for (const [given, address] of good)
    it(`${given} is ${address}`, () => expect(addressOf(given)).to.deep.equal(E.right(address)))

  const bad = [
    '',
    'ana',
    '@example.com',
    'ana@',
    'ana@example.com\r\nBcc: eve@example.com',
    'ana@example.com\n',
    'ana\0@example.com',
    'ana@example.com, eve@example.com',
    'ana@example.com;eve@example.com',
    'Ana <ana@example.com>',
    'ana <eve@example.com>@example.com',
    '"ana b"@example.com',
    'ana..b@example.com',
    '.ana@example.com',
    'ana@-example.com',
    'ana@example..com',
    'ana@exa mple.com',
    'ana@exam_ple.com',
    'ana@example.com/path',
    'ana@example.com:25',
    'ana@\u202eexample.com',
    'josé@example.com',
    `${'a'.repeat(65)}@example.com`,
    `ana@${'a.'.repeat(125)}com`,
    'eve@evil.com@example.com',
  ]
  for (const given of bad)
    it(`refuses ${JSON.stringify(given).slice(0, 60)}`, () => expect(E.isLeft(addressOf(given))).to.equal(true))

  it('gives nothing that a protocol line could break on', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.emailAddress(), fc.string()), (text) => {
        const address = addressOf(text)
        if (E.isRight(address))
          expect(address.right)
            .to.match(/^[\x21-\x7e]{3,254}$/)
            .and.not.match(/[\s<>,;]/)
      }),
    )
  })

  it('takes senders with a name', () => {
    expect(mailboxOf('Docs & Co <docs@example.com>')).to.deep.equal(
      E.right({ name: 'Docs & Co', address: 'docs@example.com' }),
    )
    expect(mailboxOf('docs@example.com')).to.deep.equal(E.right({ name: '', address: 'docs@example.com' }))
    for (const text of [
      'Docs <docs@example.com',
      'a <b@example.com> <c@example.com>',
      'a\r\nBcc: x <b@example.com>',
      '',
    ])
      expect(E.isLeft(mailboxOf(text)), text).to.equal(true)
  })

  it('of a million characters is refused without turning it into ASCII', () => {
    const letters = Array.from({ length: 1_000_000 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7_919) % 20_000)))
    expect(addressOf(`ana@${letters.join('')}`)).to.deep.equal(E.left('is longer than 254 characters'))
  })
})
