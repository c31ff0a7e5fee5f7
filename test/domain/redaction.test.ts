import { expect } from 'chai'
import fc from 'fast-check'
import { fault, technicalText } from '../../src/domain/fault'
import { redacted, withoutQuotes } from '../../src/domain/redaction'
import { logger } from '../../src/process/logger'
import { encodings, secretText } from '../support/secrets'

describe('a known secret', () => {
  for (const [how, encoded] of Object.entries(encodings))
    it(`is taken out ${how}`, () => {
      fc.assert(
        fc.property(secretText, fc.string(), fc.string(), (secret, before, after) => {
          const said = encoded(secret)
          const rest = redacted(before + said + after, [secret])
          expect(rest).to.not.include(said)
          expect(rest).to.not.include(secret)
        }),
        { numRuns: 300 },
      )
    })

  it('is taken out within what a protocol encodes together with other things', () => {
    fc.assert(
      fc.property(secretText, fc.string({ maxLength: 9 }), (secret, user) => {
        const plain = Buffer.from(`\0${user}\0${secret}`).toString('base64')
        const basic = Buffer.from(`${user}:${secret}`).toString('base64url')
        for (const said of [plain, basic]) {
          const rest = redacted(`AUTH PLAIN ${said} failed`, [secret])
          const kept = rest.split('***').map((part) => Buffer.from(part.split(' ').at(-1) ?? '', 'base64').toString())
          if (Buffer.byteLength(secret) >= 4) expect(rest).to.not.include(said)
          for (const part of kept) expect(part).to.not.include(secret)
        }
      }),
    )
  })

  it('costs little, however it and the text are made', () => {
    for (const secret of ['\\'.repeat(2_000), '%'.repeat(2_000), ' +'.repeat(1_000), 'a'.repeat(2_000)])
      for (const text of ['\\'.repeat(8_000), '%25'.repeat(3_000), '+ '.repeat(4_000), 'a'.repeat(1_999)])
        expect(redacted(`${text}x`, [`${secret}y`])).to.equal(`${text}x`)
  })

  it('leaves nothing that it could be made of again', () => {
    expect(redacted('papasswordssword', ['password'])).to.not.include('password')
    expect(redacted('x***y', ['*'])).to.equal('***')
  })
})

describe('what looks like a secret', () => {
  const token = 'aB3_'.repeat(11)
  const secrets: ReadonlyArray<readonly [text: string, secret: string]> = [
    ['Authorization: Bearer abc.def', 'abc.def'],
    ['{"headers":{"Authorization":"Basic dXNlcjpwYXNz"}}', 'dXNlcjpwYXNz'],
    ['sent with bearer 0123456789abcdef', '0123456789abcdef'],
    ['Cookie: sid=1; theme=dark', 'sid=1'],
    ['https://ana:s3cret@mail.example.com/x', 's3cret'],
    ['GET https://x.example/hook?token=abc&x=1', 'abc'],
    ['https://b.s3.example/k?X-Amz-Signature=0f1e&X-Amz-Credential=AKIA1', '0f1e'],
    ['https://x.example/cb?code=4/abc&state=1', '4/abc'],
    [`https://docg.example/review/6f9619ff-8b86-4011-b42d-00c04fc964ff/${token}`, token],
    ['/api/v1/webhooks/6f9619ff/s3cr3t', 's3cr3t'],
    [`at /sign/6f9619ff-8b86-4011-b42d-00c04fc964ff/short-token?x`, 'short-token'],
    ['{"password":"a \\"quoted\\" one"}', 'quoted'],
    ['{"said":"{\\"api_key\\":\\"k1\\"}"}', 'k1'],
    ["{ secret_access_key: 'wJalr' }", 'wJalr'],
    ['password=hunter2, try again', 'hunter2'],
    ['key docg_0123456789abcdef0123', '0123456789abcdef'],
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'MfKQ9r8G'],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2ln', 'eyJzdWIi'],
    ['key id AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----', 'MIIE'],
  ]
  for (const [text, secret] of secrets)
    it(`is taken out of ${text.slice(0, 50).replaceAll('\n', ' ')}`, () => {
      expect(redacted(text)).to.not.include(secret)
    })

  it('is nothing that helps', () => {
    for (const text of [
      'ECONNREFUSED CONN connect ECONNREFUSED 127.0.0.1:2525',
      'NoSuchBucket: The specified bucket does not exist',
      'SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided',
      'EAUTH AUTH PLAIN Invalid login: 535 5.7.8 authentication failed',
      'no template 6f9619ff-8b86-4011-b42d-00c04fc964ff',
      'https://x.example/users/@ana?page=2',
    ])
      expect(redacted(text)).to.equal(text)
  })

  it('is taken out of every fault', () => {
    const { tech } = fault('internal_error', { label: 'x' }, 'Error: no\n at https://a:b0b0@h/?token=t0t0').personal
    expect(tech).to.equal('Error: no\n at https://***@h/?token=***')
  })

  it('is looked for in a time that grows with the text, whatever the text', () => {
    const parts = [
      'a',
      'token',
      '://',
      'token=',
      '"token":"',
      'authorization:',
      '/review/',
      '-----BEGIN PRIVATE KEY',
      '\\',
    ]
    for (const part of parts) expect(redacted(part.repeat(Math.ceil(524_288 / part.length)))).to.be.a('string')
  })
})

describe('a technical text', () => {
  it('has at most 8 kB, whatever the characters', () => {
    for (const said of ['x'.repeat(9_000), 'é'.repeat(9_000), '😀'.repeat(9_000)]) {
      const bytes = Buffer.byteLength(technicalText(said))
      expect(bytes).to.be.within(8_189, 8_192)
    }
  })
})

describe('what a letter says', () => {
  const letter = 'Dear Ana Silva, your contract number 4711 is ready.\nYours, docg'

  it('is taken out of what a server answers, three words or more', () => {
    const said = withoutQuotes('550 spam: "dear ana silva, your contract NUMBER 4711" looks bad', letter)
    expect(said).to.equal('550 spam: "***" looks bad')
  })
  it('leaves other words', () => {
    const said = '552 5.3.4 the contract is too large, ana'
    expect(withoutQuotes(said, letter)).to.equal(said)
  })
})

describe("a program's log", () => {
  const lines = (write: (log: ReturnType<typeof logger>) => void): string => {
    const written: string[] = []
    write(logger('test', 'trace', { write: (line: string) => void written.push(line) }))
    return written.join('')
  }

  it('holds no secret, however deep and however it is said', () => {
    const secret = 'hunter2hunter2'
    const error = Object.assign(new Error(`Authorization: Bearer ${secret}`), {
      config: { auth: { password: secret } },
    })
    const said = lines((log) => {
      log.error({ err: error }, 'failed')
      log.info({ a: { b: { c: { d: { token: secret } } } }, url: `https://u:${secret}@h/?api_key=${secret}` })
      log.warn({ secret: { user: secret } }, `password=${secret}`)
      log.info({ body: JSON.stringify({ access_key_id: secret }) })
    })
    expect(said).to.not.include(secret)
    expect(said.trim().split('\n')).to.have.length(4)
  })

  it('stays JSON', () => {
    const key = fc.constantFrom('token', 'password', 'x', 'authorization', 'a.secret')
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('token=', '"', '\\', 'https://a:b@', '/review/a/'),
      fc.integer(),
    )
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.oneof(value, fc.array(value), fc.dictionary(key, value))),
        fc.string(),
        (fields, message) => {
          const line = lines((log) => log.info(fields, message))
          expect(() => JSON.parse(line) as unknown).to.not.throw()
        },
      ),
      { numRuns: 500 },
    )
  })
})
