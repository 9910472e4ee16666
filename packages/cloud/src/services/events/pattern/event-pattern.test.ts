import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventFields } from './event-fields.ts'
import { compileEventPattern } from './event-pattern.ts'
import { InvalidPattern } from './invalid-pattern.ts'
import { wildcardTest } from './wildcard.ts'

const matches = (pattern: unknown, event: Record<string, unknown>): boolean =>
  compileEventPattern(JSON.stringify(pattern)).matches(eventFields(event))

const leaf = (expression: unknown, value: unknown): boolean =>
  matches({ detail: { x: [expression] } }, { detail: value === undefined ? {} : { x: value } })

describe('a match expression', () => {
  it.each<[expression: unknown, matching: unknown[], other: unknown[]]>([
    ['a', ['a', ['b', 'a']], ['A', 'ab', null, undefined, { x: 'a' }, []]],
    [5, [5, 5.0], ['5', 50, null]],
    [null, [null, [1, null]], ['null', undefined, 0, '']],
    [true, [true], ['true', 1, false]],
    [{ prefix: 'eu-' }, ['eu-west-1', ['us', 'eu-']], ['us-eu-', 5, null, undefined]],
    [{ prefix: '' }, ['', 'x'], [5, null]],
    [{ prefix: { 'equals-ignore-case': 'EU-' } }, ['eu-west-1', 'Eu-'], ['us-east-1']],
    [{ suffix: '.png' }, ['a.png'], ['a.PNG', 'png']],
    [{ suffix: { 'equals-ignore-case': '.PNG' } }, ['a.png', 'b.Png'], ['a.jpg']],
    [{ 'equals-ignore-case': 'Alpha' }, ['alpha', 'ALPHA'], ['alphas', 1]],
    [{ wildcard: '*/dir/*.log' }, ['a/dir/b.log', '/dir/.log'], ['dir/b.log', 'a/dir/b.txt']],
    [{ wildcard: 'a\\*b\\\\*' }, ['a*b\\', 'a*b\\c'], ['axb\\', 'a*b']],
    [{ numeric: ['=', 3.018e2] }, [301.8], [301, '301.8']],
    [{ numeric: ['>', 0, '<=', 5] }, [0.1, 5], [0, 5.1, '3', null]],
    [{ numeric: ['<', -1] }, [-2], [-1]],
    [{ exists: true }, ['x', 0, false, null, ['y']], [undefined, {}, { y: 1 }, []]],
    [{ exists: false }, [undefined, {}, { y: 1 }, []], ['x', null]],
    [{ cidr: '10.0.0.0/24' }, ['10.0.0.0', '10.0.0.255'], ['10.0.1.0', 'x', '::ffff:10.0.0.1', 10]],
    [{ cidr: '2001:db8::/32' }, ['2001:db8:1::5', '2001:0DB8::'], ['2001:db9::', '10.0.0.1']],
    [{ 'anything-but': 'a' }, ['b', 5, null, true, ['a', 'b']], ['a', undefined, ['a']]],
    [{ 'anything-but': ['a', 'b'] }, ['c', ''], ['a', 'b', undefined]],
    [{ 'anything-but': [1, 2] }, [3, '1'], [1, 2]],
    [{ 'anything-but': { prefix: 'in' } }, ['out', 5, null], ['init', undefined]],
    [{ 'anything-but': { prefix: ['in', 'out'] } }, ['x'], ['init', 'output']],
    [{ 'anything-but': { suffix: '.txt' } }, ['a.png'], ['a.txt']],
    [{ 'anything-but': { wildcard: '*/lib/*' } }, ['a/bin/b'], ['a/lib/b']],
    [{ 'anything-but': { 'equals-ignore-case': ['RUNNING'] } }, ['stopped'], ['running']],
  ])('%j matches as documented', (expression, matching, other) => {
    expect(matching.filter(value => !leaf(expression, value))).toEqual([])
    expect(other.filter(value => leaf(expression, value))).toEqual([])
  })

  it.each<[elements: unknown, reason: string]>([
    ['a', '"x" must be an object or an array'],
    [5, '"x" must be an object or an array'],
    [[], 'Empty arrays are not allowed'],
    [{}, 'Empty objects are not allowed'],
    [[[1]], 'Match value must be String, number, true, false, or null'],
    [[{}], 'Match expression name not found'],
    [[{ NUMERIC: ['=', 5] }], 'Unrecognized match type NUMERIC'],
    [[{ constructor: 5 }], 'Unrecognized match type constructor'],
    [[{ prefix: 'a', suffix: 'b' }], 'Only one key allowed in match expression'],
    [[{ prefix: 5 }], 'prefix match pattern must be a string'],
    [[{ suffix: ['a'] }], 'suffix match pattern must be a string'],
    [[{ prefix: { wildcard: 'a' } }], 'Unsupported prefix pattern: wildcard'],
    [[{ 'equals-ignore-case': 5 }], 'equals-ignore-case match pattern must be a string'],
    [[{ wildcard: 5 }], 'wildcard match pattern must be a string'],
    [[{ wildcard: 'a**' }], 'Consecutive wildcard characters at pos 2'],
    [[{ wildcard: 'é\\a' }], 'Invalid escape character at pos 3'],
    [
      [{ wildcard: '*:*:*:*:*:event-bus/*' }],
      'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a ' +
        'wildcard character',
    ],
    [[{ numeric: 5 }], 'Value of numeric must be an array.'],
    [[{ numeric: [5] }], 'Invalid member in numeric match: 5'],
    [[{ numeric: ['!', 5] }], 'Unrecognized numeric range operator: !'],
    [[{ numeric: ['<', '5'] }], 'Value of < must be numeric'],
    [[{ numeric: ['=', '5'] }], 'Value of equals must be numeric'],
    [[{ numeric: ['>', 0, '>', 5] }], 'Bad numeric range operator: >'],
    [[{ numeric: ['<', 0, '>', 5] }], 'Too many elements in numeric expression'],
    [[{ numeric: ['>', 0, '<', 5, 6] }], 'Too many terms in numeric range expression'],
    [[{ numeric: ['>', 5, '<', 5] }], 'Bottom must be less than top'],
    [[{ exists: 'yes' }], 'exists match pattern must be either true or false.'],
    [[{ cidr: 5 }], 'prefix match pattern must be a string'],
    [[{ cidr: '10.0.0.0' }], "Malformed CIDR, one '/' required"],
    [[{ cidr: '10.0.0.0/xx' }], 'Malformed CIDR, mask bits must be an integer'],
    [[{ cidr: 'xx.11.xx/8' }], 'Nonstandard IP address: xx.11.xx'],
    [[{ cidr: '10.0.0.0/32' }], 'IPv4 mask bits must be < 32'],
    [[{ 'anything-but': null }], 'Value of anything-but must be an array or single string/number value.'],
    [[{ 'anything-but': ['a', null] }], 'Inside anything but list, start|null|boolean is not supported.'],
    [
      [{ 'anything-but': ['a', 1] }],
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    ],
    [[{ 'anything-but': { prefix: '' } }], 'Null prefix/suffix not allowed'],
    [[{ 'anything-but': { prefix: ['a', 1] } }], 'prefix/suffix match pattern must be a string'],
    [[{ 'anything-but': { wildcard: [1] } }], 'wildcard match pattern must be a string'],
    [[{ 'anything-but': { numeric: ['=', 1] } }], 'Unsupported anything-but pattern: numeric'],
  ])('%j is refused: %s', (elements, reason) => {
    expect(() => compileEventPattern(JSON.stringify({ x: elements }))).toThrow(new InvalidPattern(reason))
  })
})

describe('an event pattern', () => {
  it.each([
    ['', 'Invalid JSON'],
    ['{', 'Invalid JSON'],
    ['[]', 'Filter is not an object'],
    ['"x"', 'Filter is not an object'],
    ['{}', 'Empty objects are not allowed'],
    ['{"$or":{}}', 'It must be an Array followed with $or.'],
    ['{"$or":[{"a":[1]}]}', 'There must have at least 2 Objects in $or relationship.'],
    ['{"$or":[1,2]}', 'Only JSON object is allowed in array of $or relationship.'],
    [
      '{"$or":[{"prefix":[1]},{"a":[1]}]}',
      'prefix is Ruler reserved fieldName which cannot be used inside $or.',
    ],
    ['{"a":[1],"$or":[{"a":[2]},{"b":[2]}]}', 'Path `a` cannot be allowed multiple times'],
  ])('%s is refused: %s', (text, reason) => {
    expect(() => compileEventPattern(text)).toThrow(new InvalidPattern(reason))
  })

  it('asks for all of its fields, and for any value of each', () => {
    const pattern = { source: ['aws.cloudwatch', 'mine'], detail: { state: { value: ['ALARM'] } } }
    expect(matches(pattern, { source: 'mine', detail: { state: { value: 'ALARM' } }, more: 1 })).toBe(true)
    expect(matches(pattern, { source: 'mine', detail: { state: { value: 'OK' } } })).toBe(false)
    expect(matches(pattern, { source: 'other', detail: { state: { value: 'ALARM' } } })).toBe(false)
    expect(matches(pattern, { detail: { state: { value: 'ALARM' } } })).toBe(false)
  })

  it('asks for fields of one element of an array, whatever arrays are nested in it', () => {
    const pattern = { detail: { items: { name: ['a'], tags: { key: ['k'] } } } }
    const item = (name: string, ...keys: string[]) => ({ name, tags: keys.map(key => ({ key })) })
    expect(matches(pattern, { detail: { items: [item('b', 'k'), item('a', 'x', 'k')] } })).toBe(true)
    expect(matches(pattern, { detail: { items: [item('b', 'k'), item('a', 'x')] } })).toBe(false)
  })

  it('takes any of the alternatives of $or, also nested and beside other fields', () => {
    const pattern = {
      source: ['s'],
      detail: { $or: [{ a: [1] }, { b: [{ exists: false }], $or: [{ c: [2] }, { d: [3] }] }] },
    }
    const cases: Array<[object, boolean]> = [
      [{ a: 1, b: 0 }, true],
      [{ c: 2 }, true],
      [{ d: 3 }, true],
      [{ b: 0, d: 3 }, false],
      [{}, false],
    ]
    for (const [detail, expected] of cases) expect(matches(pattern, { source: 's', detail })).toBe(expected)
  })

  it('with too many alternatives is refused before they take the memory', () => {
    const pattern = Object.fromEntries(
      Array.from({ length: 12 }, (_, level) => [
        `l${level}`,
        { $or: [{ a: [1] }, { b: [1] }, { c: [1] }, { d: [1] }] },
      ]),
    )
    expect(() => compileEventPattern(JSON.stringify(pattern))).toThrow('Rule is too complex')
  })

  it('of exact values matches exactly the events that have one of them at each path', () => {
    const values = fc.constantFrom('a', 'b', 1, true, null)
    const name = fc.constantFrom('p', 'q', 'r')
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.array(values, { minLength: 1, maxLength: 2 }), { minKeys: 1 }),
        fc.dictionary(name, fc.oneof(values, fc.array(values, { maxLength: 3 }))),
        (pattern, event) => {
          const expected = Object.entries(pattern).every(([key, wanted]) =>
            Object.hasOwn(event, key)
              ? [event[key]].flat().some(value => wanted.some(item => item === value))
              : false,
          )
          expect(matches(pattern, event)).toBe(expected)
        },
      ),
    )
  })

  it('and an event of any JSON are compared without an error but InvalidPattern', () => {
    fc.assert(
      fc.property(fc.json(), fc.dictionary(fc.string(), fc.jsonValue()), (pattern, event) => {
        try {
          compileEventPattern(pattern).matches(eventFields(event as Record<string, unknown>))
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidPattern)
        }
      }),
    )
  })
})

describe('a wildcard', () => {
  it('agrees with a regular expression', () => {
    const text = fc.stringMatching(/^[ab]{0,8}$/)
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), text, (pieces, tested) => {
        const pattern = pieces.filter((piece, index) => piece !== '' || index === 0).join('*')
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`)
        expect(wildcardTest(pattern)(tested)).toBe(expression.test(tested))
      }),
    )
  })
})
