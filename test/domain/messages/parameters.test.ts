import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import * as ts from 'typescript'
import { messages, isCode } from '../../../src/domain/messages'
import { locales } from '../../../src/domain/messages/entry'
import { logText } from '../../../src/domain/messages/log'
import { textOf } from '../../../src/domain/messages/text'
import { rowsOf } from '../../../src/projections/executions/rows-of'
import { argumentsOf, exampleOf } from '../../support/icu'
import { anyHistory } from '../../projections/live/histories'

const src = join(__dirname, '../../../src')

/** A code with the names of its parameters as the source writes them. */
type Said = { readonly code: string; readonly names: ReadonlyArray<string>; readonly where: string }

const codeIn = (node: ts.Node | undefined): string | undefined => {
  if (node === undefined) return undefined
  if (ts.isAsExpression(node)) return codeIn(node.expression)
  return ts.isStringLiteral(node) && isCode(node.text) ? node.text : undefined
}

/** Undefined when they are not written out. */
const namesIn = (node: ts.Node | undefined): ReadonlyArray<string> | undefined => {
  if (node === undefined) return []
  if (!ts.isObjectLiteralExpression(node)) return undefined
  const names = node.properties.map((property) =>
    property.name !== undefined && ts.isIdentifier(property.name) ? property.name.text : undefined,
  )
  return names.every((name) => name !== undefined) ? names : undefined
}

const propertyOf = (node: ts.ObjectLiteralExpression, name: string): ts.Node | undefined => {
  const found = node.properties.find((property) => property.name?.getText() === name)
  if (found === undefined) return undefined
  return ts.isPropertyAssignment(found) ? found.initializer : found.name
}

const makers = ['stepFault', 'fault', 'finding']

const saidBy = (node: ts.Node): readonly [code: string, params: ts.Node | undefined] | undefined => {
  if (ts.isCallExpression(node) && makers.includes(node.expression.getText())) {
    const code = codeIn(node.arguments[0])
    return code === undefined ? undefined : [code, node.arguments[1]]
  }
  if (!ts.isObjectLiteralExpression(node)) return undefined
  const code = codeIn(propertyOf(node, 'code'))
  const params = propertyOf(node, 'params')
  return code === undefined || params === undefined ? undefined : [code, params]
}

/** What whoever runs or inspects a template adds to what is found in it. */
const added = (file: string): ReadonlyArray<string> => (file.includes('/docx/') ? ['label', 'provider'] : [])

const saidIn = (file: string): ReadonlyArray<Said> => {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023, true)
  const found: Said[] = []
  const look = (node: ts.Node): void => {
    const said = saidBy(node)
    const names = said === undefined ? undefined : namesIn(said[1])
    if (said !== undefined && names !== undefined) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      found.push({ code: said[0], names: [...names, ...added(file)], where: `${relative(src, file)}:${line + 1}` })
    }
    ts.forEachChild(node, look)
  }
  look(source)
  return found
}

describe('the parameters of texts', () => {
  const files = readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && each.name.endsWith('.ts'))
    .map((each) => join(each.parentPath, each.name))
  const said = files.flatMap(saidIn)

  it('are given wherever a code is said', () => {
    expect(said.length).to.be.greaterThan(30)
    const short = said.flatMap(({ code, names, where }) => {
      const needed = isCode(code) ? argumentsOf(messages[code].text['pt-BR'], 'pt-BR') : []
      const missing = needed.filter((name) => !names.includes(name))
      return missing.length === 0 ? [] : [`${where}: ${code} without ${missing.join(', ')}`]
    })
    expect(short).to.deep.equal([])
  })

  it('are given to every line of the log, whatever the history of a run', () => {
    fc.assert(
      fc.property(anyHistory(), (history) => {
        for (const { message } of rowsOf(history)?.logs ?? [])
          for (const locale of locales) expect(logText(message, locale)).to.not.equal(message.code)
      }),
    )
  })

  it('make a text of every code when they are there, and leave the code when they are not', () => {
    for (const [code, { text }] of Object.entries(messages))
      for (const locale of locales) {
        const params = exampleOf(text[locale], locale)
        const full = textOf(code, params, locale)
        expect(full, code).to.not.equal(code)
        for (const [name, value] of Object.entries(params)) {
          expect(full, code).to.include(String(value))
          const { [name]: _, ...rest } = params
          expect(textOf(code, rest, locale), code).to.equal(code)
        }
      }
  })
})
