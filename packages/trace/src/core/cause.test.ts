import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Received, startDaemon } from '../testing/daemon.ts'
import { lambdaInvocation } from '../testing/lambda-environment.ts'
import { capture } from './capture.ts'

let daemon: Awaited<ReturnType<typeof startDaemon>>

beforeEach(async () => {
  daemon = await startDaemon(lambdaInvocation().environment)
})
afterEach(() => daemon.stop())

const all = (entity: Received): Received[] => [entity, ...(entity.subsegments ?? []).flatMap(all)]
const exceptionsOf = ({ cause }: Received): readonly Record<string, unknown>[] =>
  typeof cause === 'object' ? cause.exceptions : []

const throwThrough = async (thrown: unknown): Promise<Received[]> => {
  await expect(
    capture('outer', async () =>
      capture('middle', () => capture('inner', async () => Promise.reject(thrown))),
    ),
  ).rejects.toBe(thrown)
  const [document] = await daemon.documents()
  return document ? all(document) : []
}

describe('one cause per exception', () => {
  it.each([
    ['an error', new TypeError('bad input')],
    ['a frozen error', Object.freeze(new Error('frozen'))],
    ['a string', 'just text'],
    ['undefined', undefined],
    ['an object without prototype', Object.create(null)],
  ])('records %s once, innermost, and refers to it further out', async (_kind, thrown) => {
    const [outer, middle, inner] = await throwThrough(thrown)
    const id = inner && exceptionsOf(inner)[0]?.id
    expect(id).toMatch(/^[0-9a-f]{16}$/)
    expect(inner && exceptionsOf(inner)).toHaveLength(1)
    expect(middle?.cause).toBe(id)
    expect(outer?.cause).toBe(id)
    expect([outer?.fault, middle?.fault, inner?.fault]).toEqual([true, true, true])
  })

  it('gives type, message and stack with places', async () => {
    const [, , inner] = await throwThrough(new RangeError('too far'))
    const [exception] = inner ? exceptionsOf(inner) : []
    expect(exception).toMatchObject({ type: 'RangeError', message: 'too far' })
    const [first] = (exception?.stack ?? []) as { path: string; line: number; label: string }[]
    expect(first?.path).toMatch(/cause\.test\.ts$/)
    expect(first?.line).toBeGreaterThan(0)
  })

  it('links an error to its cause, which may be recorded further in', async () => {
    expect(() =>
      capture('outer', () => {
        try {
          capture('inner', () => {
            throw new Error('refused')
          })
        } catch (cause) {
          throw new Error('The model cannot be reached.', { cause })
        }
      }),
    ).toThrow('The model cannot be reached.')
    const [document] = await daemon.documents()
    const [outer, inner] = document ? all(document) : []
    const innerId = inner && exceptionsOf(inner)[0]?.id
    expect(outer && exceptionsOf(outer)).toEqual([
      expect.objectContaining({ message: 'The model cannot be reached.', cause: innerId }),
    ])
  })

  it('records an error again in another trace', async () => {
    const cached = new Error('cached')
    const [, , first] = await throwThrough(cached)
    process.env._X_AMZN_TRACE_ID = lambdaInvocation().header
    const [, , second] = await throwThrough(cached)
    expect(first && exceptionsOf(first)).toHaveLength(1)
    expect(second && exceptionsOf(second)).toHaveLength(1)
  })

  it('does not mark the caller of a capture whose exception was handled', async () => {
    capture('outer', () => {
      try {
        capture('inner', () => {
          throw new Error('handled')
        })
      } catch {
        // Handled.
      }
    })
    const [document] = await daemon.documents()
    expect(document?.fault).toBeUndefined()
    expect(document?.subsegments?.[0]?.fault).toBe(true)
  })

  it('survives errors whose properties throw, and cycles of causes', async () => {
    const hostile = new Error('hostile')
    Object.defineProperty(hostile, 'stack', {
      get: () => {
        throw new Error('no')
      },
    })
    Object.defineProperty(hostile, 'message', {
      get: () => {
        throw new Error('no')
      },
    })
    hostile.cause = hostile
    const [, , inner] = await throwThrough(hostile)
    expect(inner && exceptionsOf(inner)).toHaveLength(1)
  })
})
