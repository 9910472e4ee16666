import type { MathNode } from './ast.ts'
import { functionNamed } from './functions/table.ts'
import { type Argument, isSeries, type MathContext, type MathValue } from './math-function.ts'
import { applyOperator, negate } from './operators.ts'

/** What the ids stand for, and what functions ask for. */
export interface MathScope extends MathContext {
  valueOf(id: string): MathValue
  /**
   * Told of each intermediate result, whose sizes are bounded together.
   *
   * @throws ExpressionError
   */
  spend(points: number): void
}

/** Data points, and one for each series: an array of nothing is not free. */
const sizeOf = (value: MathValue): number => {
  if (typeof value === 'number') return 0
  if (isSeries(value)) return 1 + value.values.length
  let size = 0
  for (const { values } of value) size += 1 + values.length
  return size
}

const argument = (node: MathNode, scope: MathScope): Argument => {
  if (node.kind === 'string') return node.value
  return node.kind === 'keyword' ? node.name : evaluateMath(node, scope)
}

/**
 * Evaluates an expression that has been checked.
 *
 * @throws ExpressionError for what only the values tell, such as a range of too many periods
 */
export const evaluateMath = (node: MathNode, scope: MathScope): MathValue => {
  const value = evaluate(node, scope)
  if (node.kind !== 'number' && node.kind !== 'reference') scope.spend(sizeOf(value))
  return value
}

const evaluate = (node: MathNode, scope: MathScope): MathValue => {
  switch (node.kind) {
    case 'number':
      return node.value
    case 'reference':
      return scope.valueOf(node.id)
    case 'negation':
      return negate(evaluateMath(node.operand, scope))
    case 'binary':
      return applyOperator(node.operator, evaluateMath(node.left, scope), evaluateMath(node.right, scope))
    case 'array':
      return node.items.flatMap(item => {
        const value = evaluateMath(item, scope)
        if (typeof value === 'number') throw new TypeError('an array of time series was checked for')
        return isSeries(value) ? [value] : [...value]
      })
    case 'call':
      return (
        functionNamed(node.name)?.evaluate(
          node.arguments.map(each => argument(each, scope)),
          scope,
          node,
        ) ?? Number.NaN
      )
    default:
      throw new TypeError('text is no value of an expression')
  }
}
