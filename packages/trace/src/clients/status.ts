/** What an HTTP status means to X-Ray. */
import type { Details } from '../core/entity.ts'

/** 4xx: error, 429: throttle too, 5xx: fault. Source: AWS's SDKs. */
export const flagStatus = (details: Details, status: number): void => {
  if (status >= 500 && status <= 599) details.fault = true
  if (status >= 400 && status <= 499) details.error = true
  if (status === 429) details.throttle = true
}

/** A header's `Content-Length` as the integer that X-Ray wants. */
export const contentLength = (value: unknown): number | undefined => {
  const length = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN
  return Number.isSafeInteger(length) && length >= 0 ? length : undefined
}
