import { combine, mapSeries } from '../series.ts'
import type { BinaryOperator } from './ast.ts'
import { asArray, isSeries, type MathValue } from './math-function.ts'

type Fold = (left: number, right: number) => number

/** A scalar that is no number (the average of nothing) compares as neither: the point is dropped. */
const logical =
  (test: (left: number, right: number) => boolean): Fold =>
  (left, right) =>
    Number.isNaN(left) || Number.isNaN(right) ? Number.NaN : Number(test(left, right))

/** Division by zero gives what is not finite, so that the point is dropped; 0 / 0 as well. */
const FOLDS: Readonly<Record<BinaryOperator, Fold>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  // JavaScript has NaN ** 0 be 1.
  '^': (left, right) => (Number.isNaN(left) ? left : left ** right),
  '<': logical((left, right) => left < right),
  '>': logical((left, right) => left > right),
  '<=': logical((left, right) => left <= right),
  '>=': logical((left, right) => left >= right),
  '==': logical((left, right) => left === right),
  '!=': logical((left, right) => left !== right),
  AND: logical((left, right) => left !== 0 && right !== 0),
  OR: logical((left, right) => left !== 0 || right !== 0),
}

const fold = (left: MathValue, right: MathValue, apply: Fold): MathValue => {
  if (typeof left === 'number') {
    if (typeof right === 'number') return apply(left, right)
    if (isSeries(right)) return mapSeries(right, value => apply(left, value))
    return asArray(right).map(series => mapSeries(series, value => apply(left, value)))
  }
  if (isSeries(left)) {
    if (typeof right === 'number') return mapSeries(left, value => apply(value, right))
    if (isSeries(right)) return combine(left, right, apply)
    // The labels are those of the array.
    return asArray(right).map(series => ({ ...combine(left, series, apply), label: series.label }))
  }
  if (typeof right === 'number') {
    return asArray(left).map(series => mapSeries(series, value => apply(value, right)))
  }
  if (!isSeries(right)) throw new TypeError('two arrays were checked for')
  return asArray(left).map(series => combine(series, right, apply))
}

/** Applies an operator: between scalars, at each point of a time series, or with each series of an array. */
export const applyOperator = (operator: BinaryOperator, left: MathValue, right: MathValue): MathValue =>
  fold(left, right, FOLDS[operator])

export const negate = (value: MathValue): MathValue => {
  if (typeof value === 'number') return -value
  if (isSeries(value)) return mapSeries(value, each => -each)
  return asArray(value).map(series => mapSeries(series, each => -each))
}
