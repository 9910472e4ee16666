export { validationError } from '../errors.ts'

/** What is wrong with the text of an expression, a search or a Metrics Insights query; becomes a `ValidationError`. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError' as const
}

/** @param offset from 0; printed from 1, as people count */
export const syntaxError = (problem: string, offset: number): ExpressionError =>
  new ExpressionError(`Syntax error at character ${offset + 1}: ${problem}`)

/** The words that CloudWatch puts before what is wrong with an expression. */
export const inExpression = (id: string, { message }: ExpressionError): string =>
  `Error in expression '${id}': ${message}`
