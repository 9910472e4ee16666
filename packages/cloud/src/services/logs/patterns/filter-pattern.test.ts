import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesWildcards } from './comparison.ts'
import { splitFields } from './fields-pattern.ts'
import { parseFilterPattern } from './filter-pattern.ts'
import { LogMessage } from './log-message.ts'

const matches = (pattern: string, text: string): boolean =>
  parseFilterPattern(pattern).match(new LogMessage(text)) !== undefined

const found = (pattern: string, messages: readonly string[]): number[] =>
  messages.flatMap((message, index) => (matches(pattern, message) ? [index] : []))

const MESSAGES = [
  '[ERROR 400] BAD REQUEST',
  '[ERROR 401] UNAUTHORIZED REQUEST',
  '[WARN] SLOW REQUEST',
  'ok "quoted"',
]

describe('a filter pattern of terms', () => {
  it.each([
    ['', [0, 1, 2, 3]],
    ['   ', [0, 1, 2, 3]],
    ['ERROR', [0, 1]],
    ['error', []],
    ['ERROR REQUEST', [0, 1]],
    ['REQUEST -ERROR', [2]],
    ['-ERROR -WARN', [3]],
    ['"BAD REQUEST"', [0]],
    ['ERROR -"401"', [0]],
    ['?BAD ?SLOW', [0, 2]],
    ['?"[WARN]" ?401', [1, 2]],
    ['"\\"quoted\\""', [3]],
    ['%AUTHORIZED%', [1]],
    ['%ERROR 4[0-9]{2}%', [0, 1]],
    ['%^\\[WARN%', [2]],
    ['%4\\d0\\] B%', [0]],
  ])('%s finds the messages it describes', (pattern, indexes) => {
    expect(found(pattern, MESSAGES)).toEqual(indexes)
  })

  it('of any quoted phrase finds exactly the messages that contain it', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 20 }),
        fc.string({ maxLength: 40 }),
        (phrase, message) => {
          const quoted = `"${phrase.replace(/[\\"]/g, '\\$&')}"`
          expect(matches(quoted, message)).toBe(message.includes(phrase))
          expect(matches(`-${quoted}`, message)).toBe(!message.includes(phrase))
          expect(matches(quoted, `a${phrase}b`)).toBe(true)
        },
      ),
    )
  })
})

const TRAIL = JSON.stringify({
  eventType: 'UpdateTrail',
  sourceIPAddress: '111.111.111.111',
  arrayKey: ['value', 'another value'],
  objectList: [
    { name: 'a', id: 1 },
    { name: 'b', id: 2 },
  ],
  SomeObject: null,
  ThisFlag: true,
  latency: 120.5,
  status: '404',
  'odd key.': 'x',
  nested: { deep: { level: 'ERROR' } },
})

describe('a JSON filter pattern', () => {
  it.each([
    ['{ $.eventType = "UpdateTrail" }', true],
    ['{ $.eventType = UpdateTrail }', true],
    ['{ $.eventType = "Update*" }', true],
    ['{ $.eventType = *date*ail }', true],
    ['{ $.eventType = "updatetrail" }', false],
    ['{ $.eventType != "UpdateTrail" }', false],
    ['{ $.eventType = %Tr[a-c]il% }', true],
    ['{ $.sourceIPAddress != 123.123.* }', true],
    ['{ $.sourceIPAddress = 111.111.* }', true],
    ['{ $.arrayKey[0] = "value" }', true],
    ['{ $.arrayKey[1] = "value" }', false],
    ['{ $.arrayKey[*] = "another value" }', true],
    ['{ $.objectList[1].id = 2 }', true],
    ['{ $.objectList[*].id > 1 }', true],
    ['{ $.objectList[*].id > 2 }', false],
    ['{ $.*.deep.level = ERROR }', true],
    ["{ $.['odd key.'] = x }", true],
    ["{ $['odd key.'] = x }", true],
    ['{ $.SomeObject IS NULL }', true],
    ['{ $.eventType IS NULL }', false],
    ['{ $.SomeOtherObject NOT EXISTS }', true],
    ['{ $.SomeObject NOT EXISTS }', false],
    ['{ $.SomeObject EXISTS }', true],
    ['{ $.ThisFlag IS TRUE }', true],
    ['{ $.ThisFlag IS FALSE }', false],
    ['{ $.latency > 120 }', true],
    ['{ $.latency >= 120.5 && $.latency <= 1.205e2 }', true],
    ['{ $.latency = 120.5 }', true],
    ['{ $.latency = "120.5" }', false],
    ['{ $.status = 404 }', true],
    ['{ $.status = 4* }', true],
    ['{ $.status > 400 }', false],
    ['{ $.missing != "x" }', false],
    ['{ ($.latency < 100 || $.ThisFlag IS TRUE) && $.nested.deep.level = "ERROR" }', true],
    ['{ $.latency < 100 || $.ThisFlag IS TRUE && $.status = "200" }', false],
    ['{ ($.latency < 100) || ($.ThisFlag IS TRUE) }', true],
  ])('%s is %s of a document', (pattern, expected) => {
    expect(matches(pattern, TRAIL)).toBe(expected)
  })

  it('matches no message that is not JSON as a whole', () => {
    expect(found('{ $.x NOT EXISTS }', ['{}', 'a {}', '{', '"{}"', '[]'])).toEqual([0, 4])
  })

  it('tells the values of what it names', () => {
    const match = parseFilterPattern('{ $.eventType = * && $.latency > 1 && $.SomeObject IS NULL }').match(
      new LogMessage(TRAIL),
    )
    expect(match?.extracted()).toEqual({ '$.eventType': 'UpdateTrail', '$.latency': '120.5' })
    expect(match?.value('$.nested.deep.level')).toBe('ERROR')
    expect(match?.value('$.nothing')).toBeUndefined()
  })
})

const ACCESS = [
  '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 200 1534',
  '127.0.0.1 - frank [10/Oct/2000:13:35:22 -0700] "GET /missing.html HTTP/1.0" 404 500',
  '127.0.0.1 - frank [10/Oct/2000:13:50:35 -0700] "POST /save HTTP/1.0" 500 900',
]

describe('a space-delimited filter pattern', () => {
  it.each([
    ['[ip, id, user, timestamp, request, status, size]', [0, 1, 2]],
    ['[ip, id, user, timestamp, request, status]', []],
    ['[ip, ..., status, size]', [0, 1, 2]],
    ['[..., status = 4*, size]', [1]],
    ['[..., status = 404, size]', [1]],
    ['[..., status, size > 600]', [0, 2]],
    ['[ip, id, user, timestamp, request = "*.html*", status = 4* || status = 2*, size]', [0, 1]],
    ['[..., status != 2* && status != 4*, size]', [2]],
    ['[..., request = %^(?!x)%, status, size]', undefined],
    ['[..., request = %^GET%, status, size]', [0, 1]],
    ['[ip = 127.0.0.1, ...]', [0, 1, 2]],
    ['[ip = 10.*, ...]', []],
    ['[, , , , , status = 500, ]', [2]],
    ['[..., (status = 200 || status = 500) && status != 200, size]', [2]],
  ])('%s finds the messages it describes', (pattern, indexes) => {
    if (indexes) expect(found(pattern, ACCESS)).toEqual(indexes)
    else expect(() => parseFilterPattern(pattern)).toThrow('Invalid regular expression')
  })

  it('tells the fields by name, and those behind the dots by number', () => {
    expect(
      parseFilterPattern('[..., size]')
        .match(new LogMessage(ACCESS[0] ?? ''))
        ?.extracted(),
    ).toEqual({
      $1: '127.0.0.1',
      $2: '-',
      $3: 'frank',
      $4: '10/Oct/2000:13:25:15 -0700',
      $5: 'GET /index.html HTTP/1.0',
      $6: '200',
      $size: '1534',
    })
  })

  it('takes words as they are', () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,8}$/)
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), words => {
        expect(splitFields(words.join(' '))).toEqual(words)
        const names = words.map((_, index) => `w${index}`)
        expect(matches(`[${names.join(', ')}]`, words.join(' '))).toBe(true)
        expect(matches(`[${names.join(', ')}, more]`, words.join(' '))).toBe(false)
      }),
    )
  })
})

it.each([
  ['a.b', "Invalid character(s) in term 'a.b'"],
  ['"open', 'Invalid filter pattern at ""open"'],
  ['"a"b', 'Invalid filter pattern at ""a"b"'],
  ['?a b', 'that mix ? with other terms are not supported'],
  ['x'.repeat(1_025), 'longer than 1024 characters'],
  ['{ $.a = 1', 'expected "}"'],
  ['{ $.a }', 'expected a comparison'],
  ['{ $.a = }', 'expected a value'],
  ['{ a = 1 }', 'expected a selector'],
  ['{ $.a > "x" }', '> needs a number'],
  ['{ $.a = 1 } x', 'expected the end'],
  ['{ $.a IS MAYBE }', 'expected NULL or TRUE or FALSE'],
  ['{ $.a & 1 }', 'Invalid filter pattern at "& 1 }"'],
  ['{ $.a[*] = 1 && $.b[*] = 1 && $.c[*] = 1 && $.d.* = 1 }', 'at most 3 wildcard selectors'],
  ['{ $.a = %a% || $.b = %b% || $.c = %c% }', 'at most 2 regular expressions'],
  ['[a, ..., b, ...]', 'one ellipsis'],
  ['[a = 1 && b = 2]', 'expected'],
  ['[a', 'expected a comparison, found its end'],
  ['[a, ...', 'expected "]"'],
  ['%a(b)%', 'Invalid regular expression'],
  ['%a!%', 'Invalid regular expression'],
  ['%[a%', 'Invalid regular expression'],
  ['%é%', 'Invalid regular expression'],
  ['%a% b', 'Invalid filter pattern'],
])('the filter pattern %s is refused', (pattern, message) => {
  expect(() => parseFilterPattern(pattern)).toThrow(message)
})

it('no pattern does more than match or be refused', () => {
  const noise = fc.string({ unit: fc.constantFrom(...'{}[]()$."%*=!<>&|,ab1 \\-'.split('')), maxLength: 40 })
  fc.assert(
    fc.property(noise, noise, (pattern, message) => {
      let parsed: ReturnType<typeof parseFilterPattern>
      try {
        parsed = parseFilterPattern(pattern)
      } catch (error) {
        expect((error as { code?: string }).code).toBe('InvalidParameterException')
        return
      }
      parsed.match(new LogMessage(message))
    }),
  )
})

it('wildcards match as the regular expression would', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 10 })
  fc.assert(
    fc.property(text, text, (pattern, value) => {
      expect(matchesWildcards(pattern, value)).toBe(
        new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(value),
      )
    }),
  )
})
