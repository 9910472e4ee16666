/** Where the time stands in the 128 bits of a trace id: epoch seconds, before 96 random bits. */
const TIME_SHIFT = 96n

/** A trace id as one number: ids sort by their time, and take 16 bytes. */
export const traceKey = (traceId: string): bigint => BigInt(`0x${traceId.slice(2, 10)}${traceId.slice(11)}`)

/** The smallest key of a time, in seconds since the epoch. */
export const firstKeyOf = (seconds: number): bigint => {
  const bounded = BigInt(Math.min(0xffff_ffff, Math.max(0, Math.ceil(seconds))))
  return bounded << TIME_SHIFT
}

export const traceIdOf = (key: bigint): string => {
  const hex = key.toString(16).padStart(32, '0')
  return `1-${hex.slice(0, 8)}-${hex.slice(8)}`
}
