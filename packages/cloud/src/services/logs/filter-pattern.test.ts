import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseFilterPattern } from './filter-pattern.ts'

const MESSAGES = [
  '[ERROR 400] BAD REQUEST',
  '[ERROR 401] UNAUTHORIZED REQUEST',
  '[WARN] SLOW REQUEST',
  'ok "quoted"',
]

describe('a filter pattern', () => {
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
  ])('%s finds the messages it describes', (pattern, indexes) => {
    const matches = parseFilterPattern(pattern)
    expect(MESSAGES.flatMap((message, index) => (matches(message) ? [index] : []))).toEqual(indexes)
  })

  it.each([
    ['a.b', "Invalid character(s) in term 'a.b'"],
    ['"open', 'Invalid filter pattern at ""open"'],
    ['"a"b', 'Invalid filter pattern at ""a"b"'],
    ['{ $.level = "ERROR" }', 'of the JSON kind are not supported'],
    ['[ip, user]', 'of the space-delimited kind are not supported'],
    ['%a+%', 'of the regular expression kind are not supported'],
    ['?a b', 'that mix ? with other terms are not supported'],
    ['x'.repeat(1_025), 'longer than 1024 characters'],
  ])('%s is refused', (pattern, message) => {
    expect(() => parseFilterPattern(pattern)).toThrow(message)
  })

  it('of any quoted phrase finds exactly the messages that contain it', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 20 }),
        fc.string({ maxLength: 40 }),
        (phrase, message) => {
          const quoted = `"${phrase.replace(/[\\"]/g, '\\$&')}"`
          expect(parseFilterPattern(quoted)(message)).toBe(message.includes(phrase))
          expect(parseFilterPattern(`-${quoted}`)(message)).toBe(!message.includes(phrase))
          expect(parseFilterPattern(quoted)(`a${phrase}b`)).toBe(true)
        },
      ),
    )
  })
})
