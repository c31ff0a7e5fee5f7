import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { parseArguments } from '../../src/api/admin/arguments'

const id = '60e71e8e-0047-5253-813c-c9a6ed563e5b'
const read = (line: string) => parseArguments(line.split(' ').filter((word) => word !== ''))

describe('npm run admin', () => {
  it('understands its commands', () => {
    expect(parseArguments(['organization', 'create', '--name', 'Ação & Co'])).to.deep.equal(
      E.right({ _tag: 'CreateOrganization', name: 'Ação & Co', locale: 'pt-BR' }),
    )
    expect(read('organization create --name X --locale en')).to.deep.equal(
      E.right({ _tag: 'CreateOrganization', name: 'X', locale: 'en' }),
    )
    expect(read('organization list')).to.deep.equal(E.right({ _tag: 'ListOrganizations', after: undefined }))
    expect(read(`organization list --after ${id}`)).to.deep.equal(E.right({ _tag: 'ListOrganizations', after: id }))
    expect(read(`key create --organization ${id} --role operator --name ci`)).to.deep.equal(
      E.right({ _tag: 'CreateKey', organization: id, role: 'operator', name: 'ci' }),
    )
    expect(read(`key list --organization ${id} --after ${id}`)).to.deep.equal(
      E.right({ _tag: 'ListKeys', organization: id, after: id }),
    )
    expect(read(`key revoke ${id}`)).to.deep.equal(E.right({ _tag: 'RevokeKey', id }))
    expect(read('executions reconcile')).to.deep.equal(E.right({ _tag: 'Reconcile', dryRun: false }))
    expect(read('executions reconcile --dry-run')).to.deep.equal(E.right({ _tag: 'Reconcile', dryRun: true }))
    expect(read('secrets reseal')).to.deep.equal(E.right({ _tag: 'Reseal', dryRun: false }))
    expect(read('secrets reseal --dry-run')).to.deep.equal(E.right({ _tag: 'Reseal', dryRun: true }))
    expect(read('secrets renew')).to.deep.equal(E.right({ _tag: 'RenewDerivingKey' }))
    for (const help of ['--help', '-h', 'help', 'key create --help'])
      expect(read(help), help).to.deep.equal(E.right({ _tag: 'Help' }))
  })

  for (const [line, said] of [
    ['', 'a command is missing'],
    ['organisation list', 'there is no command organisation list'],
    ['organization create', '--name must be'],
    ['organization create --name X --locale fr', '--locale must be one of pt-BR, en'],
    ['organization create --name X Y', 'Y is one word too many'],
    ['organization create --nome X', "Unknown option '--nome'"],
    ['organization list --name X', '--name does not belong'],
    [`key create --organization ${id} --role king --name ci`, '--role must be one of viewer, operator, auditor, admin'],
    ['key create --organization 7 --role viewer --name ci', '--organization must be'],
    ['key list', '--organization must be'],
    ['organization list --after 7', '--after must be'],
    ['executions reconcile --name X', '--name does not belong'],
    ['key list --dry-run', '--dry-run does not belong'],
    ['secrets renew --dry-run', '--dry-run does not belong'],
    ['key revoke', 'key revoke needs'],
    ['key revoke 7', 'key revoke needs'],
  ] as const)
    it(`says what is wrong with "${line}"`, () => {
      const result = read(line)
      expect(E.isLeft(result) ? result.left : '').to.include(said)
    })
})
