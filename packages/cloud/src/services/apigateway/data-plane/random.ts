import { randomFillSync } from 'node:crypto'

/** Random bytes are drawn in blocks: one call of the generator for some hundred requests. */
const BLOCK = 8192
const pool = Buffer.allocUnsafe(BLOCK)
let used = BLOCK

const take = (bytes: number): number => {
  if (used + bytes > BLOCK) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return used - bytes
}

/** `2 * bytes` lower-case hexadecimal digits. */
export const randomHex = (bytes: number): string => {
  const start = take(bytes)
  return pool.toString('hex', start, start + bytes)
}

/** 15 base64 characters and a `=`, the form of API Gateway's extended request ids. */
export const extendedRequestId = (): string => {
  const start = take(11)
  return pool.toString('base64', start, start + 11)
}
