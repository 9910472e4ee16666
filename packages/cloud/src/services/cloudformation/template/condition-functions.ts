import { templateError } from '../errors.ts'
import { type Evaluated, type Evaluation, evaluate, evaluateAny, type IntrinsicFunction } from './evaluate.ts'
import { isKnown, isList, isScalar, type Value } from './value.ts'

const IN_CONDITIONS = ['Conditions', 'Rules'] as const
const IN_RULES = ['Rules'] as const
/** `Fn::And` and `Fn::Or` take 2 to 10 conditions. */
const MAX_OPERANDS = 10

const toBoolean = (value: Value, name: string): boolean => {
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw templateError(`every value of ${name} must be a condition`)
}

const operands = (name: string, argument: Value, evaluation: Evaluation): boolean[] => {
  if (!isList(argument) || argument.length < 2 || argument.length > MAX_OPERANDS) {
    throw templateError(
      `every ${name} object requires a list of at least 2 and at most 10 boolean parameters.`,
    )
  }
  return argument.map(item => toBoolean(evaluate(item, evaluation), name))
}

const and = (argument: Value, evaluation: Evaluation): Evaluated =>
  operands('Fn::And', argument, evaluation).every(Boolean)

const or = (argument: Value, evaluation: Evaluation): Evaluated =>
  operands('Fn::Or', argument, evaluation).some(Boolean)

const not = (argument: Value, evaluation: Evaluation): Evaluated => {
  const [item, ...more] = isList(argument) ? argument : []
  if (item === undefined || more.length > 0) {
    throw templateError('every Fn::Not object requires one boolean parameter.')
  }
  return !toBoolean(evaluate(item, evaluation), 'Fn::Not')
}

const EQUALS_ERROR = 'every Fn::Equals object requires a list of 2 string parameters.'

const equals = (argument: Value, evaluation: Evaluation): Evaluated => {
  if (!isList(argument) || argument.length !== 2) throw templateError(EQUALS_ERROR)
  const [left, right] = argument.map(item => evaluate(item, evaluation))
  if (!isScalar(left) || !isScalar(right)) throw templateError(EQUALS_ERROR)
  return String(left) === String(right)
}

const chooseIf = (argument: Value, evaluation: Evaluation): Evaluated => {
  if (!isList(argument) || argument.length !== 3 || typeof argument[0] !== 'string') {
    throw templateError(
      'Fn::If requires a list argument with three elements: a condition name, a value if true and a value if false',
    )
  }
  const [condition, whenTrue, whenFalse] = argument as [string, Value, Value]
  return evaluateAny(evaluation.condition(condition, 'Fn::If') ? whenTrue : whenFalse, evaluation)
}

const strings = (name: string, value: Value | undefined): string[] => {
  if (!isList(value) || !value.every(isScalar)) throw templateError(`${name} requires a list of strings`)
  return value.map(String)
}

/** The two arguments of a rule function, evaluated. */
const pair = (name: string, argument: Value, evaluation: Evaluation): readonly [Value, Value] => {
  const [first, second, ...more] = isList(argument) ? argument : []
  if (first === undefined || second === undefined || more.length > 0) {
    throw templateError(`${name} requires a list of two elements`)
  }
  const values = [evaluate(first, evaluation), evaluate(second, evaluation)] as const
  if (!values.every(isKnown)) throw templateError(`${name} cannot depend on resources`)
  return values
}

const contains = (argument: Value, evaluation: Evaluation): Evaluated => {
  const [list, value] = pair('Fn::Contains', argument, evaluation)
  if (!isScalar(value)) throw templateError('Fn::Contains requires a string to look for')
  return strings('Fn::Contains', list).includes(String(value))
}

const eachMemberEquals = (argument: Value, evaluation: Evaluation): Evaluated => {
  const [list, value] = pair('Fn::EachMemberEquals', argument, evaluation)
  if (!isScalar(value)) throw templateError('Fn::EachMemberEquals requires a string to compare with')
  return strings('Fn::EachMemberEquals', list).every(item => item === String(value))
}

const eachMemberIn = (argument: Value, evaluation: Evaluation): Evaluated => {
  const [list, allowed] = pair('Fn::EachMemberIn', argument, evaluation)
  const set = new Set(strings('Fn::EachMemberIn', allowed))
  return strings('Fn::EachMemberIn', list).every(item => set.has(item))
}

/** They ask for parameters of types such as `AWS::EC2::VPC::Id`, which are refused by name as well. */
const refuse = (name: string) => (): never => {
  throw templateError(`${name} is not supported by Sonde`)
}

/** Functions on conditions, and those that only rules have. */
export const CONDITION_FUNCTIONS: ReadonlyArray<readonly [string, IntrinsicFunction]> = [
  ['Fn::And', { places: IN_CONDITIONS, evaluate: and }],
  ['Fn::Or', { places: IN_CONDITIONS, evaluate: or }],
  ['Fn::Not', { places: IN_CONDITIONS, evaluate: not }],
  ['Fn::Equals', { places: IN_CONDITIONS, evaluate: equals }],
  ['Fn::If', { places: ['Resources', 'Outputs', 'Conditions'], evaluate: chooseIf }],
  ['Fn::Contains', { places: IN_RULES, evaluate: contains }],
  ['Fn::EachMemberEquals', { places: IN_RULES, evaluate: eachMemberEquals }],
  ['Fn::EachMemberIn', { places: IN_RULES, evaluate: eachMemberIn }],
  ['Fn::RefAll', { places: IN_RULES, evaluate: refuse('Fn::RefAll') }],
  ['Fn::ValueOf', { places: IN_RULES, evaluate: refuse('Fn::ValueOf') }],
  ['Fn::ValueOfAll', { places: IN_RULES, evaluate: refuse('Fn::ValueOfAll') }],
]
