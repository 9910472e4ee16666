/** Bytes drawn from the CSPRNG at once: one draw serves 512 ids. */
const POOL_BYTES = 4096

let pool: Buffer | undefined
let hex = ''
let position = 0

const take = (length: number): string => {
  if (position + length > hex.length) {
    // Nothing is drawn before the first traced call: importing this module costs no entropy.
    pool ??= Buffer.allocUnsafeSlow(POOL_BYTES)
    hex = process.getBuiltinModule('node:crypto').randomFillSync(pool).toString('hex')
    position = 0
  }
  const id = hex.slice(position, position + length)
  position += length
  return id
}

/** An id of a segment, subsegment or exception: 16 hex digits. Source: X-Ray segment documents. */
export const newId = (): string => take(16)

/** A trace id: `1-`, the epoch second in 8 hex digits, `-`, 24 random hex digits. Source: X-Ray segment documents. */
export const newTraceId = (epochSeconds: number = Math.floor(Date.now() / 1000)): string =>
  `1-${epochSeconds.toString(16).padStart(8, '0')}-${take(24)}`

/** A client id of the sampling API: 24 hex digits. Source: GetSamplingTargets. */
export const newClientId = (): string => take(24)
