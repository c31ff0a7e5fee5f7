import { expect } from 'chai'
import { smtpOptions, smtpTimes } from '../../../src/nodes/email/smtp-session'

const target = (host: string, secure: boolean, secret?: { user: string; password: string }) => ({
  config: { host, port: 587, from: 'docs@example.com', secure },
  secret,
  policy: { allowPrivateAddresses: true, fileRoot: undefined },
  times: smtpTimes,
})
const secret = { user: 'docs', password: 'secret' }

describe('how an SMTP connection is protected', () => {
  it('a password goes out encrypted or not at all', () => {
    for (const address of ['192.0.2.1', '10.0.0.1', '2001:db8::1'])
      expect(smtpOptions(target('mail.example.com', false, secret), address)).to.include({
        requireTLS: true,
        ignoreTLS: false,
      })
  })

  it('without a password, TLS is used where it is offered', () => {
    expect(smtpOptions(target('mail.example.com', false), '192.0.2.1')).to.include({
      requireTLS: false,
      ignoreTLS: false,
    })
  })

  it('this very machine needs none', () => {
    expect(smtpOptions(target('localhost', false, secret), '127.0.0.1')).to.include({
      requireTLS: false,
      ignoreTLS: true,
    })
  })

  it('the certificate is checked against the name, though the connection goes to the pinned address', () => {
    expect(smtpOptions(target('mail.example.com', true), '192.0.2.1')).to.include({
      host: '192.0.2.1',
      servername: 'mail.example.com',
      secure: true,
    })
    expect(smtpOptions(target('192.0.2.1', true), '192.0.2.1')).to.not.have.property('servername')
  })
})
