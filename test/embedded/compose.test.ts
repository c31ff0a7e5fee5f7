import Ajv from 'ajv'
import { expect } from 'chai'
import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { beforeProducts, products } from '../../src/embedded/processes'
import { portVariables } from '../../src/embedded/setting'

type Service = {
  readonly image?: string
  readonly command?: string
  readonly ports?: ReadonlyArray<string>
  readonly volumes?: ReadonlyArray<string>
  readonly healthcheck?: object
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
}
type Compose = { readonly services: Readonly<Record<string, Service>>; readonly volumes: object }

const text = readFileSync('docker-compose.yml', 'utf8')
const compose = parse(text, { merge: true }) as Compose
const services = Object.entries(compose.services)

// The Compose Specification's own schema, from github.com/compose-spec/compose-go v2.9.0 (Apache-2.0).
const validator = () => {
  const file = readFileSync('test/embedded/compose-spec.schema.json', 'utf8')
  const { $schema: _, ...schema } = JSON.parse(file) as Record<string, unknown>
  return new Ajv({ strict: false, allErrors: true }).compile(schema)
}

describe('docker-compose.yml', () => {
  it('is valid by the schema of the Compose Specification', () => {
    const validate = validator()
    validate(compose)
    expect(validate.errors).to.equal(null)
  })

  it('would be refused by that schema with a misspelt key or a wrong type', () => {
    const validate = validator()
    expect(validate({ services: { api: { image: 'docg', helthcheck: {} } } })).to.equal(false)
    expect(validate({ services: { api: { image: 'docg', ports: '5000:5000' } } })).to.equal(false)
  })

  it('pins EventStoreDB 23.10 and every other image to a version', () => {
    expect(compose.services['eventstore']?.image).to.match(/^eventstore\/eventstore:23\.10\.5-/)
    for (const [, { image }] of services) expect(image).to.match(/^docg$|:\d/)
  })

  it('opens ports on loopback only', () => {
    for (const port of services.flatMap(([, { ports = [] }]) => ports)) expect(port).to.match(/^127\.0\.0\.1:/)
  })

  it('waits only for what is there, and for health only where health is checked', () => {
    for (const [name, { depends_on = {} }] of services)
      for (const [other, { condition }] of Object.entries(depends_on)) {
        expect(compose.services, `${name} waits for ${other}`).to.have.property(other)
        if (condition === 'service_healthy') expect(compose.services[other]).to.have.property('healthcheck')
      }
  })

  it('keeps the data of every server in a named volume', () => {
    const used = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] ?? ''))
    expect([...new Set(used)].sort()).to.deep.equal(Object.keys(compose.volumes).sort())
    for (const name of ['eventstore', 'postgres', 'redis']) expect(used).to.include(name)
  })

  it('runs the same programs as npm start', () => {
    const programs = services.flatMap(([, { command }]) => /^node dist\/(.+)\.js$/.exec(command ?? '')?.[1] ?? [])
    expect(programs.sort()).to.deep.equal([...products, ...beforeProducts].map(({ script }) => script).sort())
  })
})

describe('.env.example', () => {
  const example = readFileSync('.env.example', 'utf8')
  const explained = new Set([...example.matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name))

  it('explains every variable of docker-compose.yml, of the ports and of the servers elsewhere', () => {
    const used = [...text.matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name]) => name)
    const instead = portVariables.flatMap((port) => [port.variable, ...(port.instead?.split(' and ') ?? [])])
    for (const name of [...used, ...instead]) expect(explained).to.include(name)
  })

  it('explains every variable that a process reads', () => {
    const configs = ['api', 'projections', 'workflow', 'process']
      .map((room) => `src/${room}/config.ts`)
      .filter((file) => existsSync(file))
      .map((file) => readFileSync(file, 'utf8'))
    const read = [...configs.join('\n').matchAll(/^ +([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name)
    expect(read).to.include('EVENTSTORE_URL')
    for (const name of read) expect(explained).to.include(name)
  })

  it('sets nothing by itself', () => {
    expect(example.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).to.deep.equal([])
  })
})
