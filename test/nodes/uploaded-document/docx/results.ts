import * as E from 'fp-ts/Either'
import { type TemplateFault } from '../../../../src/nodes/uploaded-document/docx'

export const faultOf = (result: E.Either<TemplateFault, unknown>): TemplateFault => {
  if (E.isRight(result)) throw new Error('expected a refusal')
  return result.left
}

export const valueOf = <A>(result: E.Either<TemplateFault, A>): A => {
  if (E.isLeft(result)) throw new Error(`refused: ${JSON.stringify(result.left)}`)
  return result.right
}
