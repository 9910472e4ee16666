import { notImplemented } from '@sonde/wire'
import { ExpressionError } from '../errors.ts'
import type { ArrayNode, BinaryNode, CallNode, MathNode } from './ast.ts'
import { functionNamed, REFUSED_FUNCTIONS } from './functions/table.ts'
import type { MathType, Overload, Parameter, ParameterKind } from './math-function.ts'

/** What the ids in an expression stand for. */
export interface TypeScope {
  /** `undefined` where there is no query of that id. */
  typeOf(id: string): MathType | undefined
  isMetric(id: string): boolean
}

type NodeType = MathType | 'string' | 'keyword'

/** CloudWatch's names for them in its errors. */
const TYPE_NAMES: Readonly<Record<NodeType, string>> = {
  S: 'Scalar',
  TS: 'TimeSeries',
  'TS[]': 'Array[TimeSeries]',
  string: 'String',
  keyword: 'Keyword',
}

const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '^'])

const named = (types: readonly NodeType[]): string => `[${types.map(type => TYPE_NAMES[type]).join(', ')}]`

const unsupportedOperands = (operator: string, types: readonly NodeType[]): ExpressionError =>
  new ExpressionError(`Unsupported operand type(s) for ${operator}: '${named(types)}'`)

const isValue = (type: NodeType): type is MathType => type !== 'string' && type !== 'keyword'

/** Arithmetic takes one array, with a scalar or a time series; comparisons and logic take none. */
const typeOfBinary = ({ operator, left, right }: BinaryNode, scope: TypeScope): MathType => {
  const types = [typeOf(left, scope), typeOf(right, scope)] as const
  const arrays = types.filter(type => type === 'TS[]').length
  if (!types.every(isValue) || arrays > (ARITHMETIC.has(operator) ? 1 : 0))
    throw unsupportedOperands(operator, types)
  if (arrays > 0) return 'TS[]'
  return types.includes('TS') ? 'TS' : 'S'
}

const typeOfArray = ({ items }: ArrayNode, scope: TypeScope): MathType => {
  if (items.length === 0) throw new ExpressionError('An array must contain at least one time series')
  for (const item of items) {
    const type = typeOf(item, scope)
    if (type !== 'TS' && type !== 'TS[]')
      throw new ExpressionError(`An array must contain time series only, not ${TYPE_NAMES[type]}`)
  }
  return 'TS[]'
}

const fitsKind = (kind: ParameterKind, node: MathNode, type: NodeType, scope: TypeScope): boolean => {
  if (typeof kind === 'object') return node.kind === 'keyword' && kind.keywords.includes(node.name)
  if (kind === 'metric') return node.kind === 'reference' && scope.isMetric(node.id)
  if (kind === 'reference') return node.kind === 'reference' && type === 'TS'
  return kind === type
}

const printParameter = (parameter: Parameter): string =>
  parameter.map(kind => (typeof kind === 'object' ? kind.keywords.join(' | ') : kind)).join(' | ')

const printOverload = ({ parameters, optional = 0 }: Overload, name: string): string => {
  const printed = parameters.map((parameter, index) =>
    index >= parameters.length - optional ? `[${printParameter(parameter)}]` : printParameter(parameter),
  )
  return `${name}(${printed.join(', ')})`
}

const typeOfCall = (call: CallNode, scope: TypeScope): MathType => {
  const { name, arguments: nodes } = call
  const called = functionNamed(name)
  if (!called) {
    if (REFUSED_FUNCTIONS.includes(name)) throw notImplemented(`The metric math function ${name}`)
    throw new ExpressionError(`Function '${name}' not found`)
  }
  const types = nodes.map(node => typeOf(node, scope))
  const overload = called.overloads.find(
    ({ parameters, optional = 0 }) =>
      nodes.length <= parameters.length &&
      nodes.length >= parameters.length - optional &&
      nodes.every((node, index) =>
        parameters[index]?.some(kind => fitsKind(kind, node, types[index] as NodeType, scope)),
      ),
  )
  if (overload) return overload.gives
  const ways = called.overloads.map(each => printOverload(each, name)).join(' or ')
  throw new ExpressionError(`Function '${name}' does not take '${named(types)}', but ${ways}`)
}

const typeOf = (node: MathNode, scope: TypeScope): NodeType => {
  switch (node.kind) {
    case 'number':
      return 'S'
    case 'string':
    case 'keyword':
      return node.kind
    case 'reference': {
      const type = scope.typeOf(node.id)
      if (type === undefined) throw new ExpressionError(`There is no query with the id '${node.id}'`)
      return type
    }
    case 'negation': {
      const type = typeOf(node.operand, scope)
      if (!isValue(type)) throw unsupportedOperands('-', [type])
      return type
    }
    case 'array':
      return typeOfArray(node, scope)
    case 'binary':
      return typeOfBinary(node, scope)
    case 'call':
      return typeOfCall(node, scope)
  }
}

/**
 * The type of what an expression gives: one time series or an array of them.
 *
 * @throws ExpressionError naming the operator or function and the types that do not fit, or an id that there is not
 * @throws ServiceError 501 for a function of CloudWatch's that is not provided
 */
export const checkMath = (root: MathNode, scope: TypeScope): 'TS' | 'TS[]' => {
  const type = typeOf(root, scope)
  if (type === 'TS' || type === 'TS[]') return type
  throw new ExpressionError(
    `The result must be a time series or an array of time series, not ${TYPE_NAMES[type]}`,
  )
}
