import { ServiceError } from '@sonde/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_LENGTH, MAX_NESTING, parse } from './parse.ts'

const problem = (text: string): string => {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof ServiceError) return `${error.code} ${error.status}: ${error.message}`
    throw error
  }
  return 'no error'
}

/** The guide's examples and forms that its readers use. */
const EXAMPLES = [
  'ok',
  '!ok',
  'fault = true',
  'responsetime > 5',
  'duration >= 5 AND duration <= 8',
  'ok !partial duration <3',
  'http.status != 200',
  'http.url CONTAINS "/api/orders/" AND http.method = "POST"',
  'user CONTAINS ""',
  'user = "u-17" OR annotation.tenant = "acme"',
  'annotation.age > 29',
  '!annotation.age',
  'annotation.ColdStart = true',
  'service("orders-api") { fault }',
  'service() { fault }',
  '!service("legacy.example.com")',
  'service(id(type: "AWS::Lambda::Function")) { error }',
  'service(id(name: "thumb", type: "AWS::Lambda::Function")) { responsetime > 1 }',
  'edge("orders-api", "orders-table") { throttle }',
  'edge(id(name: "a", type: "AWS::Lambda"), id(name: "a", type: "AWS::Lambda::Function"))',
  'service(id(account.id: "123456789012"))',
  'group.name = "slow" AND user = "alice"',
  'resource.arn ENDSWITH ":function:thumb"',
  'rootcause.responsetime.entity { last and coverage > 0.8 }',
  'rootcause.fault.service { inferred and type = "AWS::DynamoDB" }',
  'rootcause.fault.exception { last and message = "Access Denied" }',
  'service("data") {root = true and fault = true}',
  'rootcause.json = #[{"Services":[{"Name":"A","EntityPath":[{"Name":"A"},{"Name":"Initialization"}]},{"Name":"B"}]}]',
  'http.url AND responseTime > 2',
  'service("api") { fault = true OR responsetime > 2.5 } AND annotation.foo = "bar"',
]

describe('parse', () => {
  it.each(EXAMPLES)('takes %s', text => {
    expect(problem(text)).toBe('no error')
  })

  it('reads a whole expression', () => {
    expect(parse('service("api") {fault OR responsetime > 2.5} !annotation[a-b]')).toEqual({
      kind: 'and',
      operands: [
        {
          kind: 'service',
          selector: { name: 'api' },
          block: {
            kind: 'or',
            operands: [
              { kind: 'keyword', keyword: 'fault' },
              { kind: 'keyword', keyword: 'responsetime', test: { operator: '>', value: 2.5 } },
            ],
          },
        },
        { kind: 'not', operand: { kind: 'annotation', key: 'a-b' } },
      ],
    })
  })

  it('takes keywords and operators in any case', () => {
    expect(parse('HTTP.Url contains "A" And Service("x")')).toEqual(
      parse('http.url CONTAINS "A" AND service("x")'),
    )
  })

  it('reads escaped quotes and backslashes in strings', () => {
    expect(parse(String.raw`user = "a\"b\\c"`)).toEqual({
      kind: 'keyword',
      keyword: 'user',
      test: { operator: '=', value: 'a"b\\c' },
    })
  })

  it.each([
    ['okay', 'unknown keyword okay at 0'],
    ['ok AND', 'expected a keyword, not the end at 6'],
    ['ok OR AND', 'unknown keyword and at 6'],
    ['(ok', 'expected ), not the end at 3'],
    ['ok)', 'expected AND, OR or the end, not ) at 2'],
    ['ok & fault', 'unexpected character & at 3'],
    ["user = 'a'", "unexpected character ' at 7"],
    ['user = "a', 'string is not closed at 7'],
    [String.raw`user = "a\d"`, String.raw`unknown escape \d at 9`],
    ['user > "a"', '> does not compare a string at 5'],
    ['user = 5', 'user is a string, not a number at 7'],
    ['user =', 'expected a value, not the end at 6'],
    ['responsetime > "5"', 'responsetime is a number, not a string at 15'],
    ['responsetime CONTAINS 5', 'CONTAINS does not compare a number at 13'],
    ['responsetime > 5s', 'unexpected character 5 at 15'],
    ['responsetime > 1e999', 'number is out of range at 15'],
    ['fault > true', '> does not compare a boolean at 6'],
    ['fault = "true"', 'fault is a boolean, not a string at 8'],
    ['annotation.a < true', '< does not compare a boolean at 13'],
    ['annotation. = 1', 'unexpected character . at 10'],
    ['annotation[] = 1', 'unexpected character [ at 10'],
    ['annotation[""] = 1', 'annotation key is empty at 13'],
    [
      'coverage > 0.5',
      'keyword coverage has a meaning only in rootcause.responsetime.entity, not at the level of the trace at 0',
    ],
    [
      'rootcause.fault.entity { coverage > 0.5 }',
      'keyword coverage has a meaning only in rootcause.responsetime.entity, not in rootcause.fault.entity and rootcause.error.entity at 25',
    ],
    [
      'edge("a","b") { user = "x" }',
      'keyword user has a meaning only at the level of the trace, in service(), not in edge() at 16',
    ],
    ['service("a") { annotation.b = 1 }', 'annotation.b cannot be used in service() at 15'],
    ['service("a") { service("b") }', 'service cannot be used in service() at 15'],
    ['service("a") { group.name = "b" }', 'group.name cannot be used in service() at 15'],
    ['service', 'expected (, not the end at 7'],
    ['service("a") {}', 'expected a keyword, not } at 14'],
    ['service("a", "b")', 'expected ), not , at 11'],
    ['service(a)', 'expected a string or id(…), not a at 8'],
    ['service(id(region: "x"))', 'expected name, type or account.id, not region at 11'],
    ['service(id(name: "x", name: "y"))', 'name is given twice at 22'],
    ['service(id(toString: "x"))', 'expected name, type or account.id, not toString at 11'],
    ['toString', 'unknown keyword tostring at 0'],
    ['edge("a")', 'expected ,, not ) at 8'],
    ['group.name', 'expected =, not the end at 10'],
    ['group.name CONTAINS "a"', 'expected =, not CONTAINS at 11'],
    ['rootcause.latency.service { first }', 'unknown keyword rootcause.latency.service at 0'],
    ['rootcause.responsetime.exception { first }', 'root causes of response times have no exceptions at 0'],
    ['rootcause.json = "x"', 'expected # and JSON at 17'],
    ['rootcause.json = #5', 'expected a JSON array or object after # at 18'],
    ['rootcause.json = #[{}}', 'malformed JSON at 18'],
    ['rootcause.json = #[{"Service":[]}]', 'rootcause.json[0] has an unknown member Service at 17'],
    ['rootcause.json = #[{"Services":{}}]', 'rootcause.json[0].Services is not a list at 17'],
    [
      'rootcause.json = #{"Services":[{"EntityPath":[{"Coverage":"1"}]}]}',
      'rootcause.json[0].Services[0].EntityPath[0].Coverage is not a number at 17',
    ],
  ])('refuses %s', (text, reason) => {
    expect(problem(text)).toBe(`InvalidRequestException 400: Invalid filter expression: ${reason}`)
  })

  it('bounds length and nesting', () => {
    const long = 'user = "'.padEnd(MAX_LENGTH - 1, 'x')
    expect(problem(`${long}"`)).toBe('no error')
    expect(problem(`${long}x"`)).toContain('longer than 16384 characters')
    expect(problem(`${'!'.repeat(MAX_NESTING)}ok`)).toBe('no error')
    expect(problem(`${'('.repeat(MAX_NESTING + 1)}ok${')'.repeat(MAX_NESTING + 1)}`)).toContain(
      'nested more than 64 deep',
    )
    expect(problem(`rootcause.json = #${'['.repeat(8_000)}`)).toContain('JSON is nested too deeply')
  })

  it('takes or refuses any text, and throws nothing else', () => {
    const piece = fc.constantFrom(
      ...[
        'ok',
        'AND',
        'or',
        '!',
        '(',
        ')',
        '{',
        '}',
        '"a"',
        '"',
        '\\',
        '=',
        '<',
        '5',
        '-',
        '.',
        ',',
        ':',
        '#',
        '[',
        ']',
      ],
      ...[
        'service',
        'edge',
        'id',
        'name',
        'annotation.',
        'annotation[',
        'x',
        ' ',
        'rootcause.json',
        'group.name',
        'user',
      ],
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map(parts => parts.join('')),
        ),
        text => {
          expect(problem(text)).toMatch(
            /^no error$|^InvalidRequestException 400: Invalid filter expression: /,
          )
        },
      ),
      { numRuns: 3_000 },
    )
  })
})
