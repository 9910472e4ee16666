import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TokenBucket } from './token-bucket.ts'

const START = Date.UTC(2030, 0, 1)

/** How many of `requests` at a time pass. */
const burst = (bucket: TokenBucket, now: number, requests: number): number => {
  let passed = 0
  for (let index = 0; index < requests; index++) {
    if (!bucket.has(now)) continue
    bucket.take()
    passed++
  }
  return passed
}

describe('a token bucket', () => {
  it('is full at first, refills at its rate, and holds no more than its size', () => {
    const bucket = new TokenBucket({ rateLimit: 100, burstLimit: 50 }, START)
    expect(burst(bucket, START, 1_000)).toBe(50)
    expect(burst(bucket, START + 9, 1_000)).toBe(0)
    expect(burst(bucket, START + 10, 1_000)).toBe(1)
    expect(burst(bucket, START + 110, 1_000)).toBe(10)
    expect(burst(bucket, START + 3_600_000, 1_000)).toBe(50)
  })

  it.each([
    [{ rateLimit: 0, burstLimit: 0 }, 0],
    [{ rateLimit: 10, burstLimit: 0 }, 0],
    [{ rateLimit: 0, burstLimit: 3 }, 3],
    [{ rateLimit: 0.5, burstLimit: 1 }, 6],
  ])('of %o admits %i of requests every second for 10 s', (limits, admitted) => {
    const bucket = new TokenBucket(limits, START)
    let passed = 0
    for (let second = 0; second <= 10; second++) passed += burst(bucket, START + second * 1_000, 1)
    expect(passed).toBe(admitted)
  })

  it('asks for no more time when the clock goes back', () => {
    const bucket = new TokenBucket({ rateLimit: 1, burstLimit: 1 }, START)
    expect(burst(bucket, START, 1)).toBe(1)
    expect(burst(bucket, START - 86_400_000, 1)).toBe(0)
    expect(burst(bucket, START - 86_400_000 + 1_000, 1)).toBe(1)
  })

  it('admits exactly burst + rate × time to those who never stop asking', () => {
    const rates = fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.constantFrom(0.1, 0.3, 0.7, 3.3, 1 / 3))
    fc.assert(
      fc.property(
        rates,
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 300 }),
        (rateLimit, burstLimit, steps) => {
          const bucket = new TokenBucket({ rateLimit, burstLimit }, START)
          let now = START
          let passed = burst(bucket, now, 200)
          // Never full again: every token is taken before the next request.
          for (const step of steps) {
            if ((rateLimit * step) / 1_000 > burstLimit - 1) continue
            now += step
            passed += burst(bucket, now, 200)
          }
          const exact = burstLimit + (rateLimit * (now - START)) / 1_000
          expect(passed).toBe(Math.floor(exact + 1e-9))
        },
      ),
    )
  })
})
