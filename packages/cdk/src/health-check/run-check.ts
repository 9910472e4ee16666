import type { CheckConfiguration, CheckOutcome } from './check.ts'
import { whyUnsatisfied } from './expectation.ts'

const reasonOf = (error: unknown): string => {
  const { name, message, cause } = error as Error
  if (name === 'TimeoutError') return 'no answer in time'
  return cause instanceof Error ? `${message}: ${cause.message}` : message
}

/** Sends the request once and judges the answer. Never throws: no answer is a failed check. */
export const runCheck = async (
  { method, headers, body, expect, timeout }: CheckConfiguration,
  url: string,
  apiKey: string | undefined,
): Promise<CheckOutcome> => {
  const began = performance.now()
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers, ...(apiKey !== undefined && { 'x-api-key': apiKey }) },
      ...(body !== undefined && { body }),
      // An API that answers with another place does not answer.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
    })
    const text = await response.text()
    const latency = performance.now() - began
    const why = whyUnsatisfied({ status: response.status, body: text }, expect)
    return { succeeded: why === undefined, latency, ...(why !== undefined && { why }) }
  } catch (error) {
    return { succeeded: false, why: reasonOf(error) }
  }
}
