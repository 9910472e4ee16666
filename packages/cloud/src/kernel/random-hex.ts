import { randomFillSync } from 'node:crypto'

/** Random bytes are drawn in blocks: one call of the generator for some hundred ids. */
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

/** `2 * bytes` lower-case hexadecimal digits, for ids that every request needs several of. */
export const randomHex = (bytes: number): string => {
  const start = take(bytes)
  return pool.toString('hex', start, start + bytes)
}

/** Random bytes in base64, likewise. */
export const randomBase64 = (bytes: number): string => {
  const start = take(bytes)
  return pool.toString('base64', start, start + bytes)
}
