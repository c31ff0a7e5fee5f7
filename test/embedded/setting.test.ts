import { expect } from 'chai'
import { neededServers } from '../../src/embedded/needs'
import { productEnv } from '../../src/embedded/product-env'
import { settingFrom } from '../../src/embedded/setting'

const needed = (env: NodeJS.ProcessEnv) => neededServers(settingFrom(env))
const envOf = (env: NodeJS.ProcessEnv) => productEnv(env, settingFrom(env), { DOCG_SECRET_KEY: 'made' }, true)

describe('the setting of a start', () => {
  it('has every server embedded unless told otherwise', () => {
    expect(needed({})).to.deep.equal(['postgres', 'eventStore', 'redis', 'temporal', 'mailbox'])
  })

  it('starts nothing for an address that was given', () => {
    expect(needed({ EVENTSTORE_URL: 'esdb://a' })).not.to.include('eventStore')
    expect(needed({ REDIS_URL: 'redis://a' })).not.to.include('redis')
    expect(needed({ TEMPORAL_ADDRESS: 'a:7233' })).not.to.include('temporal')
    expect(needed({ SMTP_URL: 'smtp://a' })).not.to.include('mailbox')
    expect(needed({ DATABASE_URL: 'postgres://a', EVENTSTORE_URL: 'esdb://a' })).not.to.include('postgres')
  })

  it('keeps PostgreSQL for an embedded event store without a database of its own', () => {
    expect(needed({ DATABASE_URL: 'postgres://a' })).to.include('postgres')
    expect(needed({ DATABASE_URL: 'postgres://a', EVENT_STORE_DATABASE_URL: 'postgres://b' })).not.to.include(
      'postgres',
    )
  })

  it('takes an empty address as not given, but an empty REDIS_URL as no Redis', () => {
    expect(needed({ EVENTSTORE_URL: '' })).to.include('eventStore')
    expect(needed({ REDIS_URL: '' })).not.to.include('redis')
    expect(envOf({ REDIS_URL: '' })['REDIS_URL']).to.equal('')
  })

  it('takes an empty variable as not set', () => {
    const empty = { DOCG_DATA_DIR: '', HOST: '', PORT: '', PUBLIC_URL: '', STORAGE_ROOT: '', TEMPORAL_NAMESPACE: '' }
    expect(settingFrom(empty)).to.deep.equal(settingFrom({}))
    expect(envOf(empty)).to.deep.equal(envOf({}))
  })

  it('refuses what is no port, by the name of its variable', () => {
    for (const port of ['http', '0', '65536', '1.5'])
      expect(() => settingFrom({ TEMPORAL_PORT: port })).to.throw(/TEMPORAL_PORT is "/)
  })

  it('hands the product a key of its own before the made one, and addresses given before embedded ones', () => {
    expect(envOf({})).to.include({ DOCG_SECRET_KEY: 'made', TEMPORAL_ADDRESS: '127.0.0.1:7233', PORT: '5000' })
    const given = { DOCG_SECRET_KEY: 'own', TEMPORAL_ADDRESS: 'temporal:7233' }
    expect(envOf(given)).to.include(given)
  })
})
