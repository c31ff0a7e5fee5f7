import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import type { Response, Test } from 'supertest'
import { filesOf, withFile, withRelationship, zipOf } from '../nodes/uploaded-document/docx/tampering'
import { templateDocx } from '../support/docx'
import {
  as,
  at,
  base,
  type Body,
  bodyOf,
  type Client,
  contract,
  defineActive,
  documentNode,
  idOf,
  manual,
  uploadDocx,
} from './requests'
import { sharedSite } from './shared-site'
import type { Site } from './site'

const mebibyte = 1_048_576

describe('bad input gets a clear answer and leaves nothing behind', () => {
  let site: Site
  let client: Client
  let workflow: string
  before(async () => {
    site = await sharedSite()
    client = as(site, site.ours)
    workflow = await defineActive(client)
  })

  const start = (body: string, type = 'application/json'): Test =>
    client.send('post', `/workflows/${workflow}/executions`).set('Content-Type', type).send(body)

  type Problem = { readonly pointer?: string; readonly parameter?: string; readonly problem: string }
  const problemsOf = (answer: Response): ReadonlyArray<string> =>
    ((at(answer, 'params.problems') as Problem[] | undefined) ?? []).map(
      ({ pointer, parameter, problem }) => `${parameter ?? pointer ?? ''}: ${problem}`,
    )

  /** Sends, and sees that the amounts are what they were. */
  const refused = async (sent: () => PromiseLike<Response>, status: number, code: string): Promise<Response> => {
    const before = await site.amounts()
    const answer = await sent()
    expect([answer.status, bodyOf(answer)['code']]).to.deep.equal([status, code])
    expect(answer.headers['content-type']).to.match(/^application\/problem\+json/)
    expect(bodyOf(answer)).to.include.keys(
      'type',
      'title',
      'detail',
      'instance',
      'correlation_id',
      'recommended_actions',
    )
    expect(JSON.stringify(bodyOf(answer))).to.not.match(/\bat .*\(.*:\d+:\d+\)|node_modules/)
    expect(await site.amounts()).to.deep.equal(before)
    return answer
  }

  describe('in JSON', () => {
    const cases: ReadonlyArray<readonly [what: string, body: string, problem: string]> = [
      ['text that is no JSON', '{"trigger_data": {', ': is not JSON'],
      ['nothing', '', ': is not JSON'],
      ['a list', '[]', ': must be an object'],
      ['an unknown field', '{"trigger_data": {}, "colour": 1}', '/colour: is not a known field'],
      ['a missing field', '{}', '/trigger_data: is missing'],
      ['a field of another kind', '{"trigger_data": []}', '/trigger_data: must be an object'],
      [
        'a number over 2^53',
        '{"trigger_data": {"id": 9007199254740993}}',
        '/trigger_data/id: is a number beyond 2^53; send it as text',
      ],
      ['NUL', String.raw`{"trigger_data": {"a": "x\u0000"}}`, '/trigger_data/a: holds the NUL character'],
      [
        'half a surrogate pair',
        String.raw`{"trigger_data": {"a": "\ud800"}}`,
        '/trigger_data/a: holds half a surrogate pair',
      ],
      ['__proto__', '{"trigger_data": {"__proto__": {"x": 1}}}', '/trigger_data/__proto__: is not an allowed name'],
      ['constructor', '{"trigger_data": {"constructor": 1}}', '/trigger_data/constructor: is not an allowed name'],
      ['a field twice', '{"trigger_data": {"a": 1, "a": 2}}', '/trigger_data/a: is given twice'],
      [
        'what is nested too deep',
        `{"trigger_data": ${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`,
        ': is nested deeper than 64',
      ],
    ]
    for (const [what, body, problem] of cases)
      it(what, async () => {
        const answer = await refused(() => start(body), 400, 'bad_request')
        expect(problemsOf(answer).join('\n')).to.include(problem)
      })

    it('every problem at once, in the answer and in its detail', async () => {
      const answer = await refused(
        () => start(String.raw`{"trigger_data": {"a": "\u0000", "b": 1e300}, "x": 1}`).set('Accept-Language', 'en'),
        400,
        'bad_request',
      )
      expect(problemsOf(answer)).to.have.length(2)
      expect(bodyOf(answer)['detail']).to.equal(
        'The request has 2 problems; the first: /trigger_data/a holds the NUL character',
      )
    })

    it('a text that is not UTF-8, without quoting it', async () => {
      const answer = await refused(
        () =>
          client
            .send('post', `/workflows/${workflow}/executions`)
            .set('Content-Type', 'application/json')
            .serialize((bytes) => bytes as string)
            .send(Buffer.from('7b2261223a22ff227d', 'hex') as never),
        400,
        'bad_request',
      )
      expect(problemsOf(answer)).to.deep.equal([': is not UTF-8'])
      const secret = await refused(() => start('{"password": "hunter2" oops'), 400, 'bad_request')
      expect(JSON.stringify(bodyOf(secret))).to.not.include('hunter2')
    })

    it('a body over 1 MiB, declared or not', async () => {
      const big = JSON.stringify({ trigger_data: { text: 'x'.repeat(mebibyte) } })
      const answer = await refused(() => start(big), 413, 'payload_too_large')
      expect(answer.headers['retry-after']).to.equal(undefined)
      expect(at(answer, 'params.limit_bytes')).to.equal(mebibyte)
    })

    it('a body within 1 MiB that would make an event over the limit', async () => {
      const text = 'é'.repeat(524_100)
      await refused(() => start(JSON.stringify({ trigger_data: { text } })), 413, 'payload_too_large')
    })

    it('another content type', async () => {
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'application/json; charset=latin1',
        'multipart/form-data',
      ])
        await refused(() => start('{}', type), 415, 'unsupported_media_type')
      await refused(() => start('{}').set('Content-Encoding', 'gzip'), 415, 'unsupported_media_type')
    })

    it('a body for a command that takes none', async () => {
      await refused(
        () => client.send('post', `/workflows/${workflow}/activate`).send({ now: true }),
        400,
        'bad_request',
      )
    })
  })

  describe('in headers and addresses', () => {
    it('a correlation id that is none, an organization that is none', async () => {
      await refused(() => start('{"trigger_data": {}}').set('X-Correlation-ID', 'abc'), 400, 'bad_request')
      await refused(() => start('{"trigger_data": {}}').set('X-Organization-ID', "' OR 1=1"), 400, 'bad_request')
    })

    it('an unknown parameter', async () => {
      const answer = await refused(
        () => client.get('/executions?colour=red&limit=1000&status=done'),
        400,
        'bad_request',
      )
      expect(problemsOf(answer).map((each) => each.split(':')[0])).to.deep.equal(['colour', 'limit', 'status'])
      await refused(
        () => client.post(`/workflows/${workflow}/executions?x=1`, { trigger_data: {} }),
        400,
        'bad_request',
      )
    })

    it('garbage as Last-Event-ID', async () => {
      const run = idOf(await start('{"trigger_data": {}}').expect(201))
      for (const id of ['garbage', '1-2-3', '-1-0', '99999999999999999999-0', '1; DROP TABLE'])
        await refused(() => client.get(`/sse/executions/${run}/stream`).set('Last-Event-ID', id), 400, 'bad_request')
    })

    it('a method or an address that there is not', async () => {
      const deleted = await refused(() => client.send('delete', `/workflows/${workflow}`), 405, 'method_not_allowed')
      expect(deleted.headers['allow']).to.equal('GET, HEAD, PUT, OPTIONS')
      const stream = `/sse/executions/${workflow}/stream`
      const posted = await refused(() => client.send('post', stream), 405, 'method_not_allowed')
      expect(posted.headers['allow']).to.equal('GET, HEAD, OPTIONS')
      await refused(() => client.send('get', '/nowhere'), 404, 'route_not_found')
      await refused(() => client.send('get', '/executions/%E0%A4%A'), 404, 'route_not_found')
      await refused(() => client.get("/executions/'; --"), 404, 'not_found')
      await refused(() => client.send('post', '/executions/a/cancel'), 404, 'route_not_found')
      expect((await client.send('options', `/workflows`).expect(204)).headers['allow']).to.equal(
        'GET, HEAD, POST, OPTIONS',
      )
    })

    it('a wish for another format', async () => {
      await refused(() => client.get('/executions').set('Accept', 'text/html'), 406, 'not_acceptable')
      await client.get('/executions').set('Accept', 'text/html, */*;q=0.1').expect(200)
    })

    it('a cursor of another list, another tenant or nowhere', async () => {
      const run = idOf(await start('{"trigger_data": {}}').expect(201))
      await client.get(`/executions/${run}?at_least=0`).expect(200)
      await client.get(`/executions?cursor=${run}`).expect(200)
      await refused(() => client.get(`/executions?cursor=${randomUUID()}`), 400, 'bad_request')
      await refused(() => client.get(`/workflows?cursor=${run}`), 400, 'bad_request')
      await refused(() => as(site, site.theirs).get(`/executions?cursor=${run}`), 400, 'bad_request')
      await refused(() => client.get(`/executions/${run}/logs?cursor=${run}`), 400, 'bad_request')
    })
  })

  describe('in workflows and connections', () => {
    it('nodes, each fault at its place', async () => {
      const nodes = [
        { ...manual, config: { x: 1 } },
        { node_type: 'teleport', label: 'T', config: {} },
        { node_type: 'email', label: '', config: {} },
        7,
      ]
      const answer = await refused(() => client.post('/workflows', { name: '', nodes }), 400, 'bad_request')
      expect(problemsOf(answer).map((each) => each.split(':')[0])).to.deep.equal(['/name'])
      const faults = problemsOf(
        await refused(() => client.post('/workflows', { name: 'X', nodes }), 400, 'bad_request'),
      )
      expect(faults).to.include('/nodes/1/node_type: is not a known node type')
      expect(faults.map((each) => each.split(':')[0])).to.include.members([
        '/nodes/0/config/x',
        '/nodes/2/label',
        '/nodes/3',
      ])
    })

    it('nodes that do not begin with a trigger, or that hold a reference that cannot be read', async () => {
      const node = documentNode(randomUUID())
      expect(
        problemsOf(await refused(() => client.post('/workflows', { name: 'X', nodes: [node] }), 400, 'bad_request')),
      ).to.deep.equal(['/nodes/0/node_type: the first node must be a trigger'])
    })

    it('a connection of no type, with a bad address, or with a secret that does not belong', async () => {
      const send = (body: object) =>
        refused(() => client.post('/connections', { name: 'C', ...body }), 400, 'bad_request')
      expect(problemsOf(await send({ type: 'pigeon', config: {} }))).to.deep.equal([
        '/type: must be one of smtp, storage',
      ])
      const faults = problemsOf(
        await send({
          type: 'smtp',
          config: { host: 'a b', port: 0, from: 'x\r\nBcc: y' },
          secret: { user: 1, pin: 2 },
        }),
      )
      expect(faults.map((each) => each.split(':')[0])).to.have.members([
        '/config/host',
        '/config/port',
        '/config/from',
        '/secret/user',
        '/secret/password',
        '/secret/pin',
      ])
      await send({ type: 'storage', config: { url: 'gopher://x' } })
    })

    it('an e-mail address with a line break in it', async () => {
      const connection = idOf(
        await client
          .post('/connections', {
            name: 'M',
            type: 'smtp',
            config: { host: '127.0.0.1', port: 1, from: 'a@example.com' },
          })
          .expect(201),
      )
      const node = {
        node_type: 'email',
        label: 'Send',
        config: {
          connection_id: connection,
          to: ['{{trigger.to}}'],
          subject_template: 'S',
          body_template: 'B',
          body_type: 'text',
        },
      }
      const id = await defineActive(client, [manual, node])
      const answer = await refused(
        () =>
          client.post(`/workflows/${id}/executions`, {
            trigger_data: { to: 'ana@example.com\r\nBcc: all@example.com' },
          }),
        422,
        'preflight.blocked',
      )
      expect((at(answer, 'params.issues') as Body[]).map(({ code }) => code)).to.deep.equal([
        'delivery.recipient_invalid',
      ])
    })

    it("trigger data that lacks a tag's value", async () => {
      const template = idOf(await uploadDocx(client, await contract()).expect(201))
      const id = await defineActive(client, [manual, documentNode(template)])
      const answer = await refused(
        () => client.post(`/workflows/${id}/executions`, { trigger_data: { deal_id: '1', items: [] } }),
        422,
        'preflight.blocked',
      )
      expect(JSON.stringify(at(answer, 'params.issues'))).to.include('client.name')
    })
  })

  describe('in uploads', () => {
    const upload = (file: Uint8Array, name = 'T', fileName = 't.docx') => uploadDocx(client, file, name, fileName)
    const issues = (answer: Response) => (at(answer, 'params.issues') as Body[]).map(({ code }) => code)

    it('a PDF renamed, and other files', async () => {
      for (const bytes of [Buffer.from('%PDF-1.7\n'), Buffer.from('hello'), Buffer.alloc(0)])
        expect(issues(await refused(() => upload(bytes), 422, 'template.refused'))).to.deep.equal([
          'template.unreadable',
        ])
    })

    it('a zip bomb', async () => {
      const bomb = zipOf([
        ...filesOf(await contract()),
        { name: 'word/media/x.bin', bytes: new Uint8Array(120 * mebibyte) },
      ])
      expect(bomb.length).to.be.lessThan(mebibyte)
      expect(issues(await refused(() => upload(bomb), 422, 'template.refused'))).to.deep.equal(['template.too_large'])
    }).timeout(30_000)

    it('macros, and targets outside', async () => {
      const macros = await withFile('word/vbaProject.bin', 'VBA')
      expect(issues(await refused(() => upload(macros), 422, 'template.refused'))).to.deep.equal([
        'template.unsafe_content',
      ])
      const outside = await withRelationship(
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="http://evil.example/x.dotm" TargetMode="External"',
      )
      expect(issues(await refused(() => upload(outside), 422, 'template.refused'))).to.deep.equal([
        'template.unsafe_content',
      ])
    })

    it('broken tags, all of them', async () => {
      const broken = await templateDocx('{{a', '{{#open}}', '{{/other}}', '{{b c}}')
      const answer = await refused(() => upload(broken), 422, 'template.refused')
      expect(issues(answer).length).to.be.greaterThan(1)
      expect(new Set(issues(answer))).to.deep.equal(new Set(['template.syntax_error']))
      expect((bodyOf(answer)['recommended_actions'] as Body[])[0]).to.include({ action: 'fix_template_tags' })
    })

    it('loops within loops without end', async () => {
      const loops = ['a', 'b', 'c', 'd']
      const file = await templateDocx(
        ...loops.map((name) => `{{#${name}}}`),
        '{{x}}',
        ...loops.toReversed().map((name) => `{{/${name}}}`),
      )
      await refused(() => upload(file), 422, 'template.refused')
    })

    it('a loop over itself, whose rows would be without number', async () => {
      const file = await templateDocx(
        '{{#items}}',
        '{{#items}}',
        '{{#items}}',
        '{{x}}',
        '{{/items}}',
        '{{/items}}',
        '{{/items}}',
      )
      const answer = await upload(file)
      if (answer.status === 422) return
      const id = await defineActive(client, [manual, documentNode(idOf(answer))])
      const items = Array.from({ length: 300 }, () => ({ x: 1 }))
      await refused(
        () => client.post(`/workflows/${id}/executions`, { trigger_data: { deal_id: '1', items } }),
        422,
        'preflight.blocked',
      )
    }).timeout(30_000)

    it('26 MiB, declared', async () => {
      const answer = await refused(() => upload(Buffer.alloc(26 * mebibyte)), 413, 'payload_too_large')
      expect(at(answer, 'params.limit')).to.equal('25 MB')
    }).timeout(30_000)

    it('no file, no name, too much else, or not a form', async () => {
      const file = Buffer.from(await contract())
      const form = () => client.send('post', '/templates')
      expect(problemsOf(await refused(() => form().field('name', 'T'), 400, 'bad_request'))).to.deep.equal([
        '/file: is missing',
      ])
      expect(problemsOf(await refused(() => form().attach('file', file, 't.docx'), 400, 'bad_request'))).to.deep.equal([
        '/name: is missing',
      ])
      await refused(
        () => form().field('name', 'T').field('colour', 'red').attach('file', file, 't.docx'),
        400,
        'bad_request',
      )
      await refused(() => form().field('name', 'T').attach('other', file, 't.docx'), 400, 'bad_request')
      await refused(
        () => form().field('name', 'T').attach('file', file, 'a.docx').attach('file', file, 'b.docx'),
        400,
        'bad_request',
      )
      await refused(() => form().send({ name: 'T' }), 415, 'unsupported_media_type')
      await refused(
        () => form().set('Content-Type', 'multipart/form-data; boundary=x').send('--x\r\nbroken'),
        400,
        'bad_request',
      )
    })
  })

  describe('on the wire', () => {
    let server: Server
    before((done) => {
      server = createServer(site.app).listen(0, '127.0.0.1', done)
    })
    after((done) => {
      server.closeAllConnections()
      server.close(() => done())
    })

    const exchange = (text: string | ReadonlyArray<string>): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
        let received = ''
        socket.on('data', (chunk) => {
          received += chunk.toString()
          if (received.includes('\r\n\r\n')) socket.destroy()
        })
        socket.on('close', () => resolve(received))
        socket.on('error', reject)
        for (const part of [text].flat()) socket.write(part)
      })

    const head = (more: string) =>
      `POST ${base}/workflows/${workflow}/executions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${site.ours.keys.admin}\r\nX-Organization-ID: ${site.ours.id}\r\nContent-Type: application/json\r\n${more}\r\n\r\n`

    it('a body of unknown length that does not end is refused at 1 MiB', async () => {
      const before = await site.amounts()
      const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`
      const answer = await exchange([head('Transfer-Encoding: chunked'), ...Array.from({ length: 20 }, () => chunk)])
      expect(answer).to.match(/^HTTP\/1\.1 413 /)
      expect(await site.amounts()).to.deep.equal(before)
    })

    it('a length over the limit is refused before a byte of it is sent', async () => {
      expect(await exchange(head(`Content-Length: ${5 * mebibyte}`))).to.match(/^HTTP\/1\.1 413 /)
    })

    it('a sender who is not known is not listened to', async () => {
      const answer = await exchange(head(`Content-Length: ${5 * mebibyte}`).replace(/Bearer \S+/, 'Bearer x'))
      expect(answer).to.match(/^HTTP\/1\.1 401 /)
    })

    it('a body cut off leaves nothing', async () => {
      const before = await site.amounts()
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
      await new Promise<void>((resolve) =>
        socket.write(`${head('Content-Length: 30')}{"trigger_data"`, () => resolve()),
      )
      socket.destroy()
      await client.get('/executions?limit=1').expect(200)
      expect(await site.amounts()).to.deep.equal(before)
    })
  })
})
