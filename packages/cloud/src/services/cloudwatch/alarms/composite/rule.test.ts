import { ServiceError } from '@sonde/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StateValue } from '../alarm.ts'
import { childrenOf, parseRule, ruleHolds } from './rule.ts'

/** The states of the alarms a to f; all others do not exist. */
const STATES: Readonly<Record<string, StateValue>> = {
  a: 'ALARM',
  b: 'ALARM',
  c: 'OK',
  d: 'INSUFFICIENT_DATA',
  'with space': 'ALARM',
  'say "hi", (you)': 'OK',
}
const stateOf = (name: string): StateValue | undefined => STATES[name]
const holds = (rule: string): boolean => ruleHolds(parseRule(rule), stateOf)

const messageOf = (rule: string): string => {
  try {
    parseRule(rule)
    return 'no error'
  } catch (error) {
    expect(error).toBeInstanceOf(ServiceError)
    return (error as ServiceError).message
  }
}

describe('an alarm rule', () => {
  it.each([
    ['ALARM(a)', true],
    ['ALARM("a")', true],
    ['ALARM( a )', true],
    ['OK(a)', false],
    ['INSUFFICIENT_DATA(d)', true],
    ['TRUE', true],
    ['FALSE', false],
    ['false', false],
    ['NOT TRUE', false],
    ['NOT NOT ALARM(a)', true],
    ['ALARM(a) AND ALARM(b)', true],
    ['ALARM(a) AND OK(b)', false],
    ['OK(a) OR ALARM(b)', true],
    ['TRUE OR TRUE AND FALSE', true],
    ['(TRUE OR TRUE) AND FALSE', false],
    ['NOT OK(a) AND ALARM(b)', true],
    ['ALARM("with space")', true],
    ['OK("say \\"hi\\", (you)")', true],
    ['ALARM(arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a)', true],
    ['ALARM("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:with space")', true],
    ['ALARM(gone)', false],
    ['NOT ALARM(gone)', true],
    ['((((TRUE))))', true],
    ['ALARM(a)AND(OK(c))', true],
    ['AT_LEAST(2, ALARM, (a, b, c))', true],
    ['AT_LEAST(3, ALARM, (a, b, c))', false],
    ['AT_LEAST(50%, OK, (a, c))', true],
    ['AT_LEAST(51%, OK, (a, c))', false],
    ['AT_LEAST(2, NOT OK, (a, c, d))', true],
    ['AT_LEAST(3, NOT OK, (a, c, d))', false],
    ['AT_LEAST(1, NOT ALARM, (gone))', false],
    ['AT_LEAST(2, ALARM, ("a", "with space")) AND NOT ALARM(c)', true],
  ])('%s is %s', (rule, expected) => {
    expect(holds(rule)).toBe(expected)
  })

  it.each([
    [
      '()',
      "Error in AlarmRule [Unsupported token ')' at char 1, must be: '(', 'NOT', AT_LEAST, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA]",
    ],
    ['ALARM(Sample Oldest Age)', "Error in AlarmRule [Unsupported token 'Oldest' at char 13, must be: ')']"],
    [' ALARM(a)', 'AlarmRule must not contain leading or trailing whitespace or be null'],
    ['   ', 'AlarmRule must not contain leading or trailing whitespace or be null'],
    ['ALARM(a) ALARM(b)', "Error in AlarmRule [Unsupported token 'ALARM' at char 9, must be: 'AND', 'OR']"],
    ['ALARM("a', 'Error in AlarmRule [Unclosed quotation mark at char 6]'],
    [
      'ALARM(a) AND',
      "Error in AlarmRule [Unsupported token 'end of rule' at char 12, must be: '(', 'NOT', AT_LEAST, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA]",
    ],
    [
      'alarm(a)',
      "Error in AlarmRule [Unsupported token 'alarm' at char 0, must be: '(', 'NOT', AT_LEAST, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA]",
    ],
    [
      'AT_LEAST(4, ALARM, (a, b, c))',
      "Error in AlarmRule [Unsupported token '4' at char 9, must be: from 1 to 3]",
    ],
    [
      'AT_LEAST(0%, ALARM, (a))',
      "Error in AlarmRule [Unsupported token '0%' at char 9, must be: from 1 to 100%]",
    ],
    [
      'AT_LEAST(1, TRUE, (a))',
      "Error in AlarmRule [Unsupported token 'TRUE' at char 12, must be: ALARM, OK, or INSUFFICIENT_DATA]",
    ],
  ])('%j is refused by its token', (rule, message) => {
    expect(messageOf(rule)).toBe(message)
  })

  it('knows its children by name, each once', () => {
    const rule = parseRule('ALARM(b) OR (OK("a") AND NOT ALARM(b)) OR AT_LEAST(1, OK, (c, a))')
    expect([...childrenOf(rule)]).toEqual(['b', 'a', 'c'])
  })

  it('takes 100 alarms and 500 elements, and no more', () => {
    const alarms = (count: number) => Array.from({ length: count }, (_, i) => `ALARM(n${i})`).join(' OR ')
    expect(messageOf(alarms(100))).toBe('no error')
    expect(messageOf(alarms(101))).toBe('AlarmRule must not contain more than 100 alarms')
    const constants = (count: number) => Array.from({ length: count }, () => 'TRUE').join(' AND ')
    expect(messageOf(constants(500))).toBe('no error')
    expect(messageOf(constants(501))).toBe('AlarmRule must not contain more than 500 elements')
    expect(messageOf(`${'('.repeat(5_000)}TRUE${')'.repeat(5_000)}`)).toContain('Error in AlarmRule')
    expect(messageOf(`${'NOT '.repeat(2_000)}TRUE`)).toContain('Error in AlarmRule')
  })

  it('throws nothing but validation errors, whatever it is given', () => {
    const word = fc.constantFrom(
      'ALARM',
      'OK',
      'AT_LEAST',
      'NOT',
      'AND',
      'OR',
      '(',
      ')',
      ',',
      '"',
      '\\',
      '2',
      '50%',
      'a',
      ' ',
    )
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.array(word).map(words => words.join(' ')),
    )
    fc.assert(
      fc.property(text, rule => {
        messageOf(rule)
      }),
      { numRuns: 3_000 },
    )
  })

  it('means what was written, for any tree', () => {
    const leaf = fc.constantFrom(
      ...['ALARM(a)', 'OK("c")', 'TRUE', 'FALSE', 'ALARM(c)', 'AT_LEAST(1, OK, (a, c))'].map(text => ({
        text,
        value: holds(text),
      })),
    )
    const { tree } = fc.letrec<{ tree: { text: string; value: boolean } }>(tie => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({
          text: `(${a.text} AND ${b.text})`,
          value: a.value && b.value,
        })),
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({
          text: `(${a.text} OR ${b.text})`,
          value: a.value || b.value,
        })),
        tie('tree').map(a => ({ text: `NOT ${a.text}`, value: !a.value })),
      ),
    }))
    fc.assert(fc.property(tree, ({ text, value }) => holds(text) === value))
  })
})
