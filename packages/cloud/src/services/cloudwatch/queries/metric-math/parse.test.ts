import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExpressionError } from '../errors.ts'
import type { MathNode } from './ast.ts'
import { parseMath } from './parse.ts'
import { printMath } from './print.ts'

describe('an expression', () => {
  it.each([
    ['m1', 'm1'],
    ['m1+m2*m3', '(m1 + (m2 * m3))'],
    ['(m1+m2)*m3', '((m1 + m2) * m3)'],
    ['m1-m2-m3', '((m1 - m2) - m3)'],
    ['2^3^m1', '(2 ^ (3 ^ m1))'],
    ['-m1^2', '((-m1) ^ 2)'],
    ['m1 - -1', '(m1 - (-1))'],
    ['m1>1&&m2<=2||m3!=3', '(((m1 > 1) AND (m2 <= 2)) OR (m3 != 3))'],
    ['m1 == m2 > m3', '(m1 == (m2 > m3))'],
    ['SUM([m1, METRICS("4xx")])', "SUM([m1, METRICS('4xx')])"],
    ['SUM([METRICS(“4xx”), METRICS("5xx")])', "SUM([METRICS('4xx'), METRICS('5xx')])"],
    ['FILL(m1,REPEAT)', 'FILL(m1, REPEAT)'],
    [
      `SEARCH(' {AWS/EC2,InstanceId} MetricName="CPUUtilization" ', 'Average', 300)`,
      `SEARCH(' {AWS/EC2,InstanceId} MetricName="CPUUtilization" ', 'Average', 300)`,
    ],
    [String.raw`SEARCH("MetricName=\"a\\b\"", 'Sum')`, String.raw`SEARCH('MetricName="a\b"', 'Sum')`],
    ['1.5e+3 + .5 + 2.', '((1500 + 0.5) + 2)'],
    ['METRICS( )', 'METRICS()'],
  ])('%s is read as %s', (text, printed) => {
    expect(printMath(parseMath(text))).toBe(printed)
  })

  it.each([
    ['', 'Syntax error at character 1: unexpected end of the expression'],
    ['m1 +', 'Syntax error at character 5: unexpected end of the expression'],
    ['m1 m2', 'Syntax error at character 4: unexpected m2'],
    ['(m1', 'Syntax error at character 4: expected ), found end of the expression'],
    ['[m1', 'Syntax error at character 4: expected ], found end of the expression'],
    ['SUM(m1,)', 'Syntax error at character 8: unexpected )'],
    ['m1 $ m2', 'Syntax error at character 4: unexpected character $'],
    ['m1 = m2', 'Syntax error at character 4: unexpected character ='],
    ['m1 + 1e400', 'Syntax error at character 6: the number 1e400 is out of range'],
    ['1m', 'Syntax error at character 1: unexpected character 1'],
    ['m1 AND', 'Syntax error at character 7: unexpected end of the expression'],
    ['AND', 'Syntax error at character 1: unexpected AND'],
    ["METRICS('a)", "Syntax error at character 9: unexpected character '"],
  ])('%s is refused: %s', (text, message) => {
    expect(() => parseMath(text)).toThrow(new ExpressionError(message))
  })

  it.each([
    ['parentheses', `${'('.repeat(1_000)}m1${')'.repeat(1_000)}`],
    ['minus signs', `${'-'.repeat(2_000)}m1`],
    ['powers', `${'2^'.repeat(1_000)}m1`],
    ['arrays', `${'['.repeat(1_000)}m1`],
  ])('is refused where its %s nest too deeply', (_what, text) => {
    expect(() => parseMath(text)).toThrow('the expression is nested too deeply')
  })

  it('may be as long as CloudWatch lets it', () => {
    expect(() => parseMath(Array(682).fill('m1').join('+'))).not.toThrow()
  })
})

const at = { offset: 0 }
const { tree } = fc.letrec<{ tree: MathNode }>(tie => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc
      .double({ min: 0, max: 1e300, noNaN: true })
      .map((value): MathNode => ({ kind: 'number', value, ...at })),
    fc.stringMatching(/^[a-z][a-zA-Z0-9_]{0,4}$/).map((id): MathNode => ({ kind: 'reference', id, ...at })),
    fc.string().map((value): MathNode => ({ kind: 'string', value, ...at })),
    fc.constantFrom('REPEAT', 'DESC').map((name): MathNode => ({ kind: 'keyword', name, ...at })),
    fc.array(tie('tree'), { maxLength: 3 }).map((items): MathNode => ({ kind: 'array', items, ...at })),
    tie('tree').map((operand): MathNode => ({ kind: 'negation', operand, ...at })),
    fc
      .tuple(fc.constantFrom('+', '-', '*', '/', '^', '<', '>=', '==', 'AND', 'OR'), tie('tree'), tie('tree'))
      .map(([operator, left, right]): MathNode => ({ kind: 'binary', operator, left, right, ...at })),
    fc
      .tuple(fc.constantFrom('SUM', 'IF', 'NO_SUCH_1'), fc.array(tie('tree'), { maxLength: 3 }))
      .map(([name, items]): MathNode => ({ kind: 'call', name, arguments: items, ...at })),
  ),
}))

describe('the parser', () => {
  it('reads what is printed as the same expression', () => {
    fc.assert(
      fc.property(tree, node => {
        const printed = printMath(node)
        expect(printMath(parseMath(printed))).toBe(printed)
      }),
    )
  })

  it('refuses any other text with an error of its own', () => {
    const pieces = fc.constantFrom(
      'm1',
      'SUM',
      '(',
      ')',
      '[',
      ']',
      ',',
      '-',
      '^',
      '&&',
      '>=',
      '"',
      "'",
      '1e9',
      ' ',
      '\\',
      'é',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(pieces, { maxLength: 60 }).map(all => all.join('')),
        ),
        text => {
          try {
            parseMath(text)
          } catch (error) {
            expect(error).toBeInstanceOf(ExpressionError)
          }
        },
      ),
    )
  })
})
