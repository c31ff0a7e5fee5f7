import { expect } from 'chai'
import type { Response } from 'supertest'
import { filesOf, withFile, withRelationship, zipOf } from '../../nodes/uploaded-document/docx/tampering'
import { templateDocx } from '../../support/docx'
import { at, bodyOf, contract, defineActive, documentNode, idOf, manual, uploadDocx, type Body } from '../requests'
import { mebibyte, problemsOf, refusing } from './refusing'

describe('bad input in uploads', () => {
  const { client, refused } = refusing()

  const upload = (file: Uint8Array, name = 'T', fileName = 't.docx') => uploadDocx(client(), file, name, fileName)
  const issues = (answer: Response) => (at(answer, 'params.issues') as Body[]).map(({ code }) => code)

  it('a PDF renamed, and other files', async () => {
    for (const bytes of [Buffer.from('%PDF-1.7\n'), Buffer.from('hello'), Buffer.alloc(0)])
      expect(issues(await refused(() => upload(bytes), 422, 'template.refused'))).to.deep.equal(['template.unreadable'])
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
      'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="http://evil.example/x.png" TargetMode="External"',
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
    const id = await defineActive(client(), [manual, documentNode(idOf(answer))])
    const items = Array.from({ length: 300 }, () => ({ x: 1 }))
    await refused(
      () => client().post(`/workflows/${id}/executions?preflight=true`, { trigger_data: { deal_id: '1', items } }),
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
    const form = () => client().send('post', '/templates')
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
