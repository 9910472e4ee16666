import type { Expectation } from './expectation.ts'

/** What a health check asks, and of whom: the function's configuration, as JSON in its environment. */
export interface CheckConfiguration {
  readonly service: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly expect: Expectation
  /** ms */
  readonly timeout: number
  /** The address, or where the API's account keeps it. */
  readonly url?: string
  /** Of the API's account: to read where the API is, and to count there. */
  readonly roleArn?: string
  /** An SSM parameter of the API's account. */
  readonly urlParameter?: string
  /** An SSM parameter of this account with the API key. */
  readonly apiKeyParameter?: string
}

/** The variable of the function's environment that holds it. */
export const CHECK_VARIABLE = 'CHECK'

/** What came of one check. */
export interface CheckOutcome {
  readonly succeeded: boolean
  /** ms, as this client measured it; absent where nothing was answered. */
  readonly latency?: number
  readonly why?: string
}
