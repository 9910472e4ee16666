import { describe, expect, it } from 'vitest'
import { createIntake } from './intake.ts'

const SCOPE = { account: '123456789012', region: 'us-east-1' }
const TRACE_ID = '1-5f84c7a1-000000000000000000000abc'

const document = (number: number, more: object = {}): object => ({
  id: number.toString(16).padStart(16, '0'),
  trace_id: TRACE_ID.toUpperCase(),
  name: 'api',
  start_time: 1,
  end_time: 2,
  ...more,
})

/** The lines of one request. */
const linesOf = async (documents: readonly string[]): Promise<string> => {
  let text = ''
  const append = async (lines: Buffer): Promise<void> => {
    text += lines.toString()
  }
  expect(await createIntake({ append }).take(SCOPE, documents)).toEqual([])
  return text
}

const lineOf = (text: string): string => `123456789012/us-east-1\t${TRACE_ID}\t${text}\n`

describe('the lines of a request', () => {
  it.each([
    ['plain', [1, 2, 3].map(number => JSON.stringify(document(number)))],
    [
      'in names of all languages',
      [1, 2, 3].map(number => JSON.stringify(document(number, { name: '予測' }))),
    ],
    [
      'of both kinds and of different lengths',
      Array.from({ length: 40 }, (_, number) =>
        JSON.stringify(
          document(number, { name: number % 3 > 0 ? 'a' : 'ü', user: 'x'.repeat((number * 37) % 300) }),
        ),
      ),
    ],
  ])('are the documents as they came: %s', async (_, documents) => {
    expect(await linesOf(documents)).toBe(documents.map(lineOf).join(''))
  })

  it('are longer than the request where that has lists', async () => {
    const list = [1, 2, 3, 4, 5, 6, 7, 8].map(number => document(number))
    const plain = Array.from({ length: 20 }, (_, number) => JSON.stringify(document(number + 10)))
    const lines = [...list.map(one => JSON.stringify(one)), ...plain].map(lineOf).join('')
    expect(await linesOf([JSON.stringify(list), ...plain])).toBe(lines)
  })
})
