import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import {
  idParameter,
  limitParameter,
  positionParameter,
  query,
  revisionParameter,
  timeParameter,
  wordParameter,
  wordsParameter,
} from '../../src/api/query'
import { Uuid } from '../../src/api/uuid'

const parameters = query({
  limit: limitParameter,
  cursor: idParameter(Uuid),
  status: wordsParameter(['queued', 'running']),
  level: wordParameter(['ok', 'warn']),
  created_from: timeParameter,
  at_least: revisionParameter,
  at_least_position: positionParameter,
})
const read = (text: string) => parameters(new URLSearchParams(text))
const problems = (text: string) => {
  const result = read(text)
  return E.isLeft(result) ? result.left.problems.map(({ parameter }) => parameter) : []
}

describe('query parameters', () => {
  it('are read', () => {
    const id = '60e71e8e-0047-5253-813c-c9a6ed563e5b'
    expect(
      read(
        `limit=10&cursor=${id.toUpperCase()}&status=queued&status=running&level=ok&created_from=2026-01-02T03:04:05Z&at_least=3`,
      ),
    ).to.deep.equal(
      E.right({
        limit: 10,
        cursor: id,
        status: ['queued', 'running'],
        level: 'ok',
        created_from: new Date('2026-01-02T03:04:05Z'),
        at_least: 3n,
      }),
    )
    expect(read('at_least_position=12/11')).to.deep.equal(E.right({ at_least_position: { commit: 12n, prepare: 11n } }))
  })

  it('may say the language on every route', () => {
    expect(query({})(new URLSearchParams('locale=en'))).to.deep.equal(E.right({}))
  })

  it('are all refused at once, each by name', () => {
    expect(problems('limit=0&cursor=x&status=done&level=&colour=red&__proto__=1')).to.deep.equal([
      'limit',
      'cursor',
      'status',
      'level',
      'colour',
      '__proto__',
    ])
  })

  it('are looked up once, however many there are, and fifty problems are told', () => {
    const search = new URLSearchParams(Array.from({ length: 5_000 }, (_, i): [string, string] => [`p${i}`, 'x']))
    let walks = 0
    const walk = search.getAll.bind(search)
    search.getAll = (name) => {
      walks += 1
      return walk(name)
    }
    const result = parameters(search)
    expect(E.isLeft(result) && result.left.problems.map(({ parameter }) => parameter)).to.deep.equal(
      Array.from({ length: 50 }, (_, i) => `p${i}`),
    )
    expect(walks).to.be.lessThan(10)
  })

  for (const bad of [
    'limit=101',
    'limit=1.5',
    'limit=-1',
    'limit=1e2',
    'limit=',
    'limit=1&limit=2',
    'level=ok&level=warn',
    'created_from=2026-01-02',
    'created_from=yesterday',
    'created_from=2026-13-02T03:04:05Z',
    'at_least=-1',
    'at_least=01',
    'at_least_position=1',
    'at_least_position=1/2/3',
    'LIMIT=1',
  ])
    it(`refuse ${bad}`, () => {
      expect(problems(bad)).to.have.length(1)
    })
})
