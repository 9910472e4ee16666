/** A trace id as one number: ids sort by their time, and take 16 bytes. */
export const traceKey = (traceId: string): bigint => BigInt(`0x${traceId.slice(2, 10)}${traceId.slice(11)}`)

export const traceIdOf = (key: bigint): string => {
  const hex = key.toString(16).padStart(32, '0')
  return `1-${hex.slice(0, 8)}-${hex.slice(8)}`
}
