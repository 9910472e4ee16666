import { ServiceError } from '@sonde/wire'
import { parseArn } from '../../../../kernel/arn.ts'
import { STATES, type StateValue } from '../alarm.ts'
import { type Token, tokenize } from './tokens.ts'

/** What an alarm rule says. Alarms are referred to by name. */
export type Rule =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'state'; readonly state: StateValue; readonly alarm: string }
  | { readonly kind: 'not'; readonly operand: Rule }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Rule[] }
  | {
      readonly kind: 'atLeast'
      /** A number of alarms, or a percentage of those listed. */
      readonly threshold: number
      readonly percentage: boolean
      readonly state: StateValue
      readonly negated: boolean
      readonly alarms: readonly string[]
    }

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
const MAX_CHILDREN = 100
/** Child alarms, TRUE and FALSE, and parentheses. */
const MAX_ELEMENTS = 500
/** Parentheses and NOTs within each other, so that recursion is bounded; no rule of 500 elements needs as many. */
const MAX_DEPTH = 300

const START_OF_OPERAND = "'(', 'NOT', AT_LEAST, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA"

const invalidRule = (message: string): ServiceError =>
  new ServiceError('ValidationException', message, { queryCode: 'ValidationError' })

const unsupported = ({ kind, text, at }: Token, expected: string): ServiceError => {
  const token = kind === 'end' ? 'end of rule' : text
  return invalidRule(`Error in AlarmRule [Unsupported token '${token}' at char ${at}, must be: ${expected}]`)
}

/** The name in a reference by name or ARN. ARNs of other services and kinds are taken for names. */
export const referencedName = (reference: string): string => {
  const arn = parseArn(reference)
  return arn?.service === 'cloudwatch' && arn.resource.startsWith('alarm:')
    ? arn.resource.slice('alarm:'.length)
    : reference
}

const isState = (text: string): text is StateValue => (STATES as readonly string[]).includes(text)

class RuleParser {
  readonly #tokens: readonly Token[]
  #place = 0
  #elements = 0
  #depth = 0
  readonly #children = new Set<string>()

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  parse(): Rule {
    const rule = this.#operation('or', 'OR', () => this.#operation('and', 'AND', () => this.#operand()))
    if (this.#next.kind !== 'end') throw unsupported(this.#next, "'AND', 'OR'")
    return rule
  }

  get #next(): Token {
    return this.#tokens[this.#place] as Token
  }

  #take(): Token {
    const token = this.#next
    if (token.kind !== 'end') this.#place++
    return token
  }

  #is(kind: Token['kind'], text: string): boolean {
    return this.#next.kind === kind && this.#next.text === text
  }

  #expect(text: string): void {
    const token = this.#take()
    if (token.kind !== 'punctuation' || token.text !== text) throw unsupported(token, `'${text}'`)
  }

  #operation(kind: 'and' | 'or', word: string, operand: () => Rule): Rule {
    const first = operand()
    if (!this.#is('name', word)) return first
    const operands = [first]
    while (this.#is('name', word)) {
      this.#take()
      operands.push(operand())
    }
    return { kind, operands }
  }

  #operand(): Rule {
    const token = this.#take()
    if (token.kind === 'punctuation' && token.text === '(') {
      this.#element()
      return this.#nested(() => {
        const inner = this.#operation('or', 'OR', () => this.#operation('and', 'AND', () => this.#operand()))
        this.#expect(')')
        return inner
      })
    }
    if (token.kind === 'name') {
      const { text } = token
      if (text === 'NOT') return this.#nested(() => ({ kind: 'not', operand: this.#operand() }))
      if (text === 'AT_LEAST') return this.#atLeast()
      if (isState(text)) {
        this.#expect('(')
        const alarm = this.#alarm()
        this.#expect(')')
        return { kind: 'state', state: text, alarm }
      }
      // The user guide writes FALSE in lower and mixed case too.
      if (/^(true|false)$/i.test(text)) {
        this.#element()
        return { kind: 'constant', value: text.toLowerCase() === 'true' }
      }
    }
    throw unsupported(token, START_OF_OPERAND)
  }

  #nested(inner: () => Rule): Rule {
    if (++this.#depth > MAX_DEPTH) {
      throw invalidRule(`Error in AlarmRule [The rule is nested more than ${MAX_DEPTH} deep]`)
    }
    const rule = inner()
    this.#depth--
    return rule
  }

  #element(): void {
    if (++this.#elements > MAX_ELEMENTS) {
      throw invalidRule(`AlarmRule must not contain more than ${MAX_ELEMENTS} elements`)
    }
  }

  #alarm(): string {
    const token = this.#take()
    if ((token.kind !== 'name' && token.kind !== 'quoted') || token.text === '') {
      throw unsupported(token, 'an alarm name or ARN')
    }
    this.#element()
    const name = referencedName(token.text)
    this.#children.add(name)
    if (this.#children.size > MAX_CHILDREN) {
      throw invalidRule(`AlarmRule must not contain more than ${MAX_CHILDREN} alarms`)
    }
    return name
  }

  /** `AT_LEAST(2, NOT OK, (a, b, "c d"))` or `AT_LEAST(50%, ALARM, (…))`. */
  #atLeast(): Rule {
    this.#expect('(')
    const count = this.#take()
    const [, digits, percent] = /^(\d{1,4})(%?)$/.exec(count.text) ?? []
    if (digits === undefined) throw unsupported(count, 'a number or a percentage of alarms')
    this.#expect(',')
    const negated = this.#is('name', 'NOT')
    if (negated) this.#take()
    const state = this.#take()
    if (state.kind !== 'name' || !isState(state.text)) {
      throw unsupported(state, 'ALARM, OK, or INSUFFICIENT_DATA')
    }
    this.#expect(',')
    this.#expect('(')
    const alarms = [this.#alarm()]
    while (this.#is('punctuation', ',')) {
      this.#take()
      alarms.push(this.#alarm())
    }
    this.#expect(')')
    this.#expect(')')
    const threshold = Number(digits)
    const most = percent ? 100 : alarms.length
    if (threshold < 1 || threshold > most) throw unsupported(count, `from 1 to ${most}${percent ?? ''}`)
    return { kind: 'atLeast', threshold, percentage: percent === '%', state: state.text, negated, alarms }
  }
}

/**
 * Reads an alarm rule.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html
 * @throws ServiceError `ValidationError` that names the token that was not expected
 */
export const parseRule = (rule: string): Rule => {
  if (rule.trim() === '' || rule !== rule.trim()) {
    throw invalidRule('AlarmRule must not contain leading or trailing whitespace or be null')
  }
  const tokens = tokenize(rule)
  if (!Array.isArray(tokens)) {
    throw invalidRule(`Error in AlarmRule [Unclosed quotation mark at char ${tokens.unclosed}]`)
  }
  return new RuleParser(tokens).parse()
}

/** The names of the alarms that a rule refers to, in order of appearance. */
export const childrenOf = (rule: Rule): Set<string> => {
  const names = new Set<string>()
  const visit = (part: Rule): void => {
    if (part.kind === 'state') names.add(part.alarm)
    else if (part.kind === 'not') visit(part.operand)
    else if (part.kind === 'atLeast') for (const name of part.alarms) names.add(name)
    else if (part.kind !== 'constant') for (const operand of part.operands) visit(operand)
  }
  visit(rule)
  return names
}

/**
 * Whether a rule holds.
 *
 * @param stateOf the state of an alarm; `undefined` for one that does not exist, which is in no state
 */
export const ruleHolds = (rule: Rule, stateOf: (name: string) => StateValue | undefined): boolean => {
  switch (rule.kind) {
    case 'constant':
      return rule.value
    case 'state':
      return stateOf(rule.alarm) === rule.state
    case 'not':
      return !ruleHolds(rule.operand, stateOf)
    case 'and':
      return rule.operands.every(operand => ruleHolds(operand, stateOf))
    case 'or':
      return rule.operands.some(operand => ruleHolds(operand, stateOf))
    case 'atLeast': {
      const matching = rule.alarms.filter(name => {
        const state = stateOf(name)
        return state !== undefined && (state === rule.state) !== rule.negated
      }).length
      return rule.percentage
        ? matching * 100 >= rule.threshold * rule.alarms.length
        : matching >= rule.threshold
    }
  }
}
