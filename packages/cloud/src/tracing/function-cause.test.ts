import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { functionCause, parseFrame } from './function-cause.ts'

describe('a line of a stack', () => {
  it.each([
    ['    at Object.handler (/var/task/index.js:10:3)', '/var/task/index.js', 10, 'Object.handler'],
    ['    at async load (file:///var/task/a.mjs:7:21)', '/var/task/a.mjs', 7, 'async load'],
    ['    at /var/task/index.js:3:9', '/var/task/index.js', 3, 'anonymous'],
    [
      '    at process.processTicksAndRejections (node:internal/x:1:2)',
      'node:internal/x',
      1,
      'process.processTicksAndRejections',
    ],
  ])('%s has path, line and label', (text, path, line, label) => {
    expect(parseFrame(text)).toEqual({ path, line, label })
  })

  it.each(['TypeError: no such flight', '', '    at <anonymous>'])('%j is no call', text => {
    expect(parseFrame(text)).toBeUndefined()
  })
})

const exceptionOf = (errorType: string, document: unknown) => {
  const text = typeof document === 'string' ? document : JSON.stringify(document)
  const { id, cause } = functionCause(errorType, Buffer.from(text))
  const [exception] = (cause as { exceptions: Array<Record<string, unknown>> }).exceptions
  expect(exception?.id).toBe(id)
  return exception
}

describe('the cause of a failed invocation', () => {
  it('has the message and the calls', () => {
    const document = {
      errorType: 'TypeError',
      errorMessage: 'no such flight',
      trace: ['TypeError: no such flight', '    at f (/var/task/index.js:2:1)'],
    }
    expect(exceptionOf('TypeError', document)).toMatchObject({
      type: 'TypeError',
      message: 'no such flight',
      stack: [{ path: '/var/task/index.js', line: 2, label: 'f' }],
    })
  })

  it('says how many calls it leaves out of a deep stack', () => {
    const trace = Array.from({ length: 80 }, (_, index) => `    at f (/a.js:${index + 1}:1)`)
    const exception = exceptionOf('RangeError', { errorMessage: 'deep', trace })
    expect(exception?.stack).toHaveLength(50)
    expect(exception?.truncated).toBe(30)
  })

  it('is small and whole whatever the function’s document is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc
            .record({
              errorMessage: fc.string({ minLength: 5000, maxLength: 9000 }),
              trace: fc.array(fc.string()),
            })
            .map(document => JSON.stringify(document)),
        ),
        text => {
          const exception = exceptionOf('Error', text)
          expect(Buffer.byteLength(JSON.stringify(exception))).toBeLessThan(48 * 1024)
        },
      ),
    )
  })
})
