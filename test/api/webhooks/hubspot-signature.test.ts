import { expect } from 'chai'
import { isRecent, isSignedBy, type Signed, signatureV3, signedUri } from '../../../src/api/webhooks/hubspot/signature'

const secret = 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy'
const signed: Signed = {
  method: 'POST',
  uri: 'https://docg.example.com/api/v1/webhooks/hubspot/6c1f5a4e-0a52-4a3c-9d39-6d1a9f2f4d11',
  body: Buffer.from('[{"objectId":123,"propertyValue":"Ação"}]'),
  timestamp: '1764000000000',
}
// python3: base64(hmac.new(secret, method + uri + body + timestamp, sha256))
const signature = 'A97XFrtjBHkqBbaCD7AnsDjSclTuj2cTNiShAAGYX+Y='

describe('the signature of HubSpot', () => {
  it('covers method, address, body and time', () => {
    expect(signatureV3(secret, signed)).to.equal(signature)
    expect(isSignedBy(secret, signed, signature)).to.equal(true)
    const others: ReadonlyArray<Partial<Signed>> = [
      { method: 'PUT' },
      { uri: signed.uri.replace('https', 'http') },
      { body: Buffer.from('[{"objectId":124,"propertyValue":"Ação"}]') },
      { timestamp: '1764000000001' },
    ]
    for (const other of others) expect(isSignedBy(secret, { ...signed, ...other }, signature)).to.equal(false)
    expect(isSignedBy('another', signed, signature)).to.equal(false)
    for (const wrong of ['', 'x', `${signature}=`, 'ç'.repeat(44)])
      expect(isSignedBy(secret, signed, wrong)).to.equal(false)
  })

  it('has the characters of the address that HubSpot decodes, and no others', () => {
    const called = 'https://docg.example.com/hooks/a%3Ab%2Fc?x=%401%21%24%27%28%29%2A%2C%3b%20'
    expect(signedUri(called)).to.equal("https://docg.example.com/hooks/a:b/c?x=@1!$'()*,;%20")
    expect(signatureV3(secret, { ...signed, uri: called, body: Buffer.alloc(0) })).to.equal(
      'kFGCWzCMSQJYVsx0VkdPDj0IfUz06pZhLUGBulZmBUw=',
    )
  })

  it('is of the last five minutes', () => {
    const now = 1_764_000_000_000
    for (const ms of [0, -299_999, 299_999, -300_000]) expect(isRecent(String(now + ms), now)).to.equal(true)
    for (const ms of [-300_001, 300_001]) expect(isRecent(String(now + ms), now)).to.equal(false)
    for (const text of ['', 'x', '1764000000', '-1764000000000', '1764000000000.5', '1e12'])
      expect(isRecent(text, now), text).to.equal(false)
  })
})
