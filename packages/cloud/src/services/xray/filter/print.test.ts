import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Expression, Operator, Selector, Test } from './ast.ts'
import { type Context, KEYWORDS, type Keyword, type ValueType } from './keywords.ts'
import { parse } from './parse.ts'
import { print } from './print.ts'

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0)
const COMPARE: Readonly<Record<ValueType, readonly Operator[]>> = {
  boolean: ['=', '!='],
  number: ['=', '!=', '<', '<=', '>', '>='],
  string: ['=', '!=', 'CONTAINS', 'BEGINSWITH', 'ENDSWITH'],
}
const LITERALS: Readonly<Record<ValueType, fc.Arbitrary<string | number | boolean>>> = {
  boolean: fc.boolean(),
  number,
  string: fc.string({ unit: 'grapheme' }),
}

const test = (type: ValueType): fc.Arbitrary<Test> =>
  fc.record({ operator: fc.constantFrom(...COMPARE[type]), value: LITERALS[type] })

const withOptional = <T extends object, K extends string, V>(
  base: fc.Arbitrary<T>,
  key: K,
  value: fc.Arbitrary<V>,
) =>
  fc
    .tuple(base, fc.option(value, { nil: undefined }))
    .map(([object, member]) => (member === undefined ? object : { ...object, [key]: member }) as T)

const keyword = (context: Context): fc.Arbitrary<Expression> => {
  const names = (Object.keys(KEYWORDS) as Keyword[]).filter(name =>
    (KEYWORDS[name].contexts as readonly Context[]).includes(context),
  )
  return fc
    .constantFrom(...names)
    .chain(name =>
      withOptional(
        fc.constant({ kind: 'keyword', keyword: name } as Expression),
        'test',
        test(KEYWORDS[name].type),
      ),
    )
}

const logic = (leaf: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> =>
  fc.letrec<{ expression: Expression }>(tie => ({
    expression: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.record({ kind: fc.constant('not' as const), operand: tie('expression') }),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        operands: fc.array(tie('expression'), { minLength: 2, maxLength: 3 }),
      }),
    ),
  })).expression

const selector: fc.Arbitrary<Selector> = fc.record(
  { name: fc.string(), type: fc.string(), accountId: fc.string() },
  { requiredKeys: [] },
)

const annotation = withOptional(
  fc.record({
    kind: fc.constant('annotation' as const),
    key: fc.string({ minLength: 1 }),
  }) as fc.Arbitrary<Expression>,
  'test',
  fc.oneof(test('string'), test('number'), test('boolean')),
)
const service = withOptional(
  fc.record({ kind: fc.constant('service' as const), selector }) as fc.Arbitrary<Expression>,
  'block',
  logic(keyword('service')),
)
const edge = withOptional(
  fc.record({
    kind: fc.constant('edge' as const),
    source: selector,
    target: selector,
  }) as fc.Arbitrary<Expression>,
  'block',
  logic(keyword('edge')),
)
const group: fc.Arbitrary<Expression> = fc.record({
  kind: fc.constant('group' as const),
  by: fc.constantFrom('name' as const, 'arn' as const),
  operator: fc.constantFrom('=' as const, '!=' as const),
  value: fc.string(),
})
const cause = withOptional(
  fc.constant({ kind: 'cause', cause: 'responsetime', part: 'entity' } as Expression),
  'block',
  logic(keyword('coverageEntity')),
)
const exception = withOptional(
  fc.record({
    kind: fc.constant('cause' as const),
    cause: fc.constantFrom('fault' as const, 'error' as const),
    part: fc.constant('exception' as const),
  }) as fc.Arbitrary<Expression>,
  'block',
  logic(keyword('causeException')),
)
const causeJson: fc.Arbitrary<Expression> = fc.record({
  kind: fc.constant('causeJson' as const),
  causes: fc.array(
    fc.record(
      {
        ClientImpacting: fc.boolean(),
        Services: fc.array(
          fc.record(
            {
              Name: fc.string(),
              EntityPath: fc.array(
                fc.record(
                  { Name: fc.string(), Coverage: fc.integer() },
                  { requiredKeys: [], noNullPrototype: true },
                ),
              ),
            },
            { requiredKeys: [], noNullPrototype: true },
          ),
        ),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
  ),
})

const expression = logic(
  fc.oneof(keyword('trace'), annotation, service, edge, group, cause, exception, causeJson),
)

describe('print', () => {
  it('writes what parses to the same expression', () => {
    fc.assert(
      fc.property(expression, original => {
        const text = print(original)
        fc.pre(text.length <= 16_000)
        expect(parse(text)).toEqual(original)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['ok !partial duration<3', 'ok AND !partial AND duration < 3'],
    ['(ok OR fault) error', '(ok OR fault) AND error'],
    ['!(ok fault)', '!(ok AND fault)'],
    ['service("a"){fault}', 'service(id(name: "a")) { fault }'],
    ['edge("a",id()) { http.url = "x" }', 'edge(id(name: "a"), id()) { http.url = "x" }'],
    ['annotation.aws:api_id', 'annotation["aws:api_id"]'],
    ['', ''],
  ])('writes %s as %s', (text, printed) => {
    expect(print(parse(text))).toBe(printed)
  })
})
