export { exactObject, listOf, oneOf, text, wholeNumber } from '../domain/exact'
