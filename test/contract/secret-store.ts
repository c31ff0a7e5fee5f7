import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { ConnectionId, derivedId, OrganizationId } from '../../src/domain/ids'
import { revision } from '../../src/domain/position'
import type { SecretStore } from '../../src/stores/secrets/secret-store'

export const newOrganization = () => derivedId(OrganizationId, randomUUID(), 'organization')
export const newConnection = () => derivedId(ConnectionId, randomUUID(), 'connection')

/** What every store of secrets promises. `forget` takes away the key that everything so far was sealed with. */
export const secretStoreContract = (
  name: string,
  open: () => Promise<{ readonly store: SecretStore; readonly forget: () => SecretStore }>,
) => {
  const found = (secret: unknown) => E.right(E.right(secret))

  describe(`store of secrets: ${name}`, () => {
    it('gives back what was put, the last one when put again', async () => {
      const { store } = await open()
      const [organization, connection] = [newOrganization(), newConnection()]
      await store.put(organization, connection, { user: 'a', password: 'first' }, revision(0n))()
      await store.put(organization, connection, { user: 'a', password: 'sé¢ond' }, revision(1n))()
      expect(await store.get(organization, connection)()).to.deep.equal(found({ user: 'a', password: 'sé¢ond' }))
    })

    it('takes the same again, and nothing that was announced before what it has', async () => {
      const { store } = await open()
      const [organization, connection] = [newOrganization(), newConnection()]
      await store.put(organization, connection, { password: 'new' }, revision(2n))()
      expect(await store.put(organization, connection, { password: 'old' }, revision(0n))()).to.deep.equal(
        E.right(undefined),
      )
      expect(await store.get(organization, connection)()).to.deep.equal(found({ password: 'new' }))
      expect(await store.put(organization, connection, { password: 'new' }, revision(2n))()).to.deep.equal(
        E.right(undefined),
      )
      expect(await store.get(organization, connection)()).to.deep.equal(found({ password: 'new' }))
    })

    it('keeps away what was taken away', async () => {
      const { store } = await open()
      const [organization, connection] = [newOrganization(), newConnection()]
      await store.put(organization, connection, { password: 'p' }, revision(0n))()
      await store.remove(organization, connection, revision(3n))()
      expect(await store.get(organization, connection)()).to.deep.equal(found(undefined))
      await store.put(organization, connection, { password: 'p' }, revision(0n))()
      expect(await store.get(organization, connection)()).to.deep.equal(found(undefined))
      expect(await store.remove(organization, newConnection(), revision(0n))()).to.deep.equal(E.right(undefined))
    })

    it('knows no secret of another organization or connection', async () => {
      const { store } = await open()
      const [organization, connection] = [newOrganization(), newConnection()]
      await store.put(organization, connection, { password: 'p' }, revision(0n))()
      expect(await store.get(newOrganization(), connection)()).to.deep.equal(found(undefined))
      expect(await store.get(organization, newConnection())()).to.deep.equal(found(undefined))
    })

    it('tells a secret that no key opens from one that is not there, and takes a new one in its place', async () => {
      const { store, forget } = await open()
      const [organization, connection] = [newOrganization(), newConnection()]
      await store.put(organization, connection, { password: 'hunter2hunter2' }, revision(0n))()
      const other = forget()
      const got = await other.get(organization, connection)()
      expect(got).to.nested.include({ _tag: 'Right', 'right._tag': 'Left', 'right.left._tag': 'SecretUnreadable' })
      expect(JSON.stringify(got)).to.not.include('hunter2')
      await other.put(organization, connection, { password: 'again' }, revision(1n))()
      expect(await other.get(organization, connection)()).to.deep.equal(found({ password: 'again' }))
    })
  })
}
