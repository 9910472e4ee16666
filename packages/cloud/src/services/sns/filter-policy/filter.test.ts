import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredAttributes } from '../records.ts'
import { filteredOut } from './filter.ts'
import { type FilterPolicyScope, parseFilterPolicy } from './policy.ts'

const text = (value: string) => ({ type: 'String', value })
const number = (value: number) => ({ type: 'Number', value: String(value) })
const list = (value: unknown[]) => ({ type: 'String.Array', value: JSON.stringify(value) })

const accepts = (policy: object, attributes: StoredAttributes): boolean =>
  filteredOut(parseFilterPolicy(JSON.stringify(policy), 'MessageAttributes'), 'MessageAttributes', {
    message: 'x',
    attributes,
  }) === undefined

const acceptsBody = (policy: object, body: unknown): boolean =>
  filteredOut(parseFilterPolicy(JSON.stringify(policy), 'MessageBody'), 'MessageBody', {
    message: JSON.stringify(body),
    attributes: {},
  }) === undefined

describe('a filter policy of attributes', () => {
  // The first ones are the examples of SNS's developer guide.
  it.each<[unknown, StoredAttributes[string] | undefined, boolean]>([
    [['rugby'], text('rugby'), true],
    [['rugby'], list(['rugby', 'tennis']), true],
    [['rugby'], text('baseball'), false],
    [[{ 'anything-but': ['rugby', 'tennis'] }], text('baseball'), true],
    [[{ 'anything-but': ['rugby', 'tennis'] }], list(['rugby', 'baseball']), true],
    [[{ 'anything-but': ['rugby', 'tennis'] }], list(['rugby']), false],
    [[{ 'anything-but': { prefix: 'order-' } }], text('data-entry'), true],
    [[{ 'anything-but': { prefix: 'order-' } }], text('order-cancelled'), false],
    [[{ 'anything-but': { suffix: 'ball' } }], text('rugby'), true],
    [[{ 'anything-but': { wildcard: '*ball' } }], text('baseball'), false],
    [[{ 'anything-but': [100, 500] }], number(101), true],
    [[{ 'anything-but': [100, 500] }], number(100), false],
    [[{ 'equals-ignore-case': 'tennis' }], text('TENNIS'), true],
    [[{ prefix: 'bas' }], text('baseball'), true],
    [[{ suffix: 'ball' }], text('baseball'), true],
    [[{ wildcard: '*ba*ll' }], text('a big ball'), true],
    [[{ wildcard: 'b*ll' }], text('bells'), false],
    [[{ wildcard: 'a\\*?*' }], text('a*?b'), true],
    [[{ wildcard: 'a\\*?*' }], text('ab?b'), false],
    [[{ wildcard: `${'a*'.repeat(40)}b` }], text('a'.repeat(5_000)), false],
    [[{ cidr: '10.0.0.0/24' }], text('10.0.0.255'), true],
    [[{ cidr: '10.0.0.0/24' }], text('10.1.1.0'), false],
    [[{ numeric: ['=', 301.5] }], number(3.015e2), true],
    [[{ numeric: ['>', 0, '<=', 150] }], number(150), true],
    [[{ numeric: ['>', 0, '<=', 150] }], number(0), false],
    [[100], number(100), true],
    [[100], text('100'), false],
    [['100'], number(100), false],
    [[true, null], list([null]), true],
    [[{ exists: true }], text('any'), true],
    [[{ exists: true }], undefined, false],
    [[{ exists: false }], undefined, true],
    [[{ exists: false }], text('any'), false],
    [[{ exists: true }], { type: 'Binary', value: 'AQ==' }, true],
    [[{ 'anything-but': ['x'] }], undefined, false],
    [['rugby', { prefix: 'bas' }], text('baseball'), true],
  ])('%j answers %j with %s', (rules, attribute, expected) => {
    expect(accepts({ key: rules }, attribute ? { key: attribute } : {})).toBe(expected)
  })

  it('needs all keys, and one of the branches of $or', () => {
    const policy = { source: ['a'], $or: [{ kind: ['x'] }, { price: [{ numeric: ['<', 5] }] }] }
    expect(accepts(policy, { source: text('a'), kind: text('x') })).toBe(true)
    expect(accepts(policy, { source: text('a'), price: number(4) })).toBe(true)
    expect(accepts(policy, { source: text('a'), price: number(6) })).toBe(false)
    expect(accepts(policy, { kind: text('x') })).toBe(false)
  })

  it('says why it keeps a message back', () => {
    const policy = parseFilterPolicy('{"a":["b"]}', 'MessageAttributes')
    const why = (attributes: StoredAttributes) =>
      filteredOut(policy, 'MessageAttributes', { message: '', attributes })
    expect(why({})).toBe('NoMessageAttributes')
    expect(why({ a: text('c') })).toBe('MessageAttributes')
    expect(why({ a: { type: 'String.Array', value: 'no list' } })).toBe('InvalidAttributes')
    const body = parseFilterPolicy('{"a":["b"]}', 'MessageBody')
    const ofBody = (message: string) => filteredOut(body, 'MessageBody', { message, attributes: {} })
    expect(ofBody('no JSON')).toBe('InvalidMessageBody')
    expect(ofBody('["a"]')).toBe('InvalidMessageBody')
    expect(ofBody('{"a":"c"}')).toBe('MessageBody')
  })

  it('agrees with the exact comparison, for any texts', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (wanted, given) => {
        expect(accepts({ key: [wanted] }, { key: text(given) })).toBe(wanted === given)
        expect(accepts({ key: [{ 'anything-but': wanted }] }, { key: text(given) })).toBe(wanted !== given)
        expect(accepts({ key: [{ prefix: wanted }] }, { key: text(wanted + given) })).toBe(true)
        expect(accepts({ key: [{ suffix: given }] }, { key: text(wanted + given) })).toBe(true)
      }),
    )
  })
})

describe('a filter policy of the body', () => {
  it.each<[object, unknown, boolean]>([
    [{ store: ['example_corp'] }, { store: 'example_corp', more: 1 }, true],
    [{ person: { name: { first: ['A'] } } }, { person: { name: { first: 'A' } } }, true],
    [{ person: { name: { first: ['A'] } } }, { person: { name: 'A' } }, false],
    [{ tags: ['b'] }, { tags: ['a', 'b'] }, true],
    [{ tags: [{ exists: false }] }, {}, true],
    [{ a: { b: [{ exists: false }] } }, { a: { c: 1 } }, true],
    [{ price: [{ numeric: ['>=', 5] }] }, { price: 5 }, true],
    [{ ok: [true] }, { ok: true }, true],
    [{ ok: [null] }, { ok: null }, true],
    [
      { items: { id: ['x'], n: [2] } },
      {
        items: [
          { id: 'x', n: 1 },
          { id: 'x', n: 2 },
        ],
      },
      true,
    ],
    [
      { items: { id: ['x'], n: [2] } },
      {
        items: [
          { id: 'x', n: 1 },
          { id: 'y', n: 2 },
        ],
      },
      false,
    ],
    [{ $or: [{ a: [1] }, { b: { c: [2] } }] }, { b: { c: 2 } }, true],
    [{ constructor: [{ exists: true }] }, {}, false],
  ])('%j answers %j with %s', (policy, body, expected) => {
    expect(acceptsBody(policy, body)).toBe(expected)
  })
})

describe('a text that is no filter policy', () => {
  const keys = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, ['x']]))
  const values = (count: number) => Array.from({ length: count }, (_, index) => index)
  it.each<[unknown, FilterPolicyScope, string]>([
    ['{', 'MessageAttributes', 'FilterPolicy: failed to deserialize JSON.'],
    [{ a: 'b' }, 'MessageAttributes', 'FilterPolicy: "a" must be an object or an array'],
    [{ a: [] }, 'MessageAttributes', 'FilterPolicy: Empty arrays are not allowed'],
    [
      { a: { b: ['c'] } },
      'MessageAttributes',
      'Filter policy scope MessageAttributes does not support nested filter policy',
    ],
    [{ a: [['b']] }, 'MessageBody', 'FilterPolicy: Match value must be String, number, true, false, or null'],
    [{ a: [{ error: 1 }] }, 'MessageBody', 'FilterPolicy: Unrecognized match type error'],
    [
      { a: [{ exists: 'no' }] },
      'MessageBody',
      'FilterPolicy: exists match pattern must be either true or false.',
    ],
    [{ a: [{ prefix: 1 }] }, 'MessageBody', 'FilterPolicy: prefix match pattern must be a string'],
    [
      { a: [{ prefix: 'x', suffix: 'y' }] },
      'MessageBody',
      'FilterPolicy: Only one key allowed in match expression',
    ],
    [{ a: [{ numeric: [] }] }, 'MessageBody', 'FilterPolicy: Invalid member in numeric match: ]'],
    [{ a: [{ numeric: ['=', 'x'] }] }, 'MessageBody', 'FilterPolicy: Value of equals must be numeric'],
    [
      { a: [{ numeric: ['<', 1, '>', 0] }] },
      'MessageBody',
      'FilterPolicy: Too many elements in numeric expression',
    ],
    [{ a: [{ numeric: ['>', 5, '<', 5] }] }, 'MessageBody', 'FilterPolicy: Bottom must be less than top'],
    [{ a: [{ cidr: '10.0.0.0' }] }, 'MessageBody', "FilterPolicy: Malformed CIDR, one '/' required"],
    [
      { a: [{ 'anything-but': { regex: 'x' } }] },
      'MessageBody',
      'FilterPolicy: Unsupported anything-but pattern: regex',
    ],
    [keys(6), 'MessageAttributes', 'FilterPolicy: Filter policy can not have more than 5 keys'],
    // 4 values three deep times 13 values two deep.
    [
      { a: { b: { c: values(4) } }, d: { e: values(13) } },
      'MessageBody',
      'FilterPolicy: Filter policy is too complex',
    ],
  ])('%j in %s is refused', (policy, scope, message) => {
    const given = typeof policy === 'string' ? policy : JSON.stringify(policy)
    expect(() => parseFilterPolicy(given, scope)).toThrow(message)
  })

  it('is counted as the developer guide does: 3 × 4 × 2 × 3 combinations are allowed', () => {
    const policy = { a: { b: { c: values(4) } }, d: { e: values(3) } }
    expect(() => parseFilterPolicy(JSON.stringify(policy), 'MessageBody')).not.toThrow()
  })
})
