/** How an HTTP status shows on a segment: 4xx is an error, 429 a throttle besides, 5xx a fault. */
export const statusFlags = (status: number | undefined): Record<string, true> => {
  if (status === undefined || status < 400 || status > 599) return {}
  if (status >= 500) return { fault: true }
  return status === 429 ? { error: true, throttle: true } : { error: true }
}
