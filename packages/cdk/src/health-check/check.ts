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
/** Variables that go before it: CloudFormation cannot put a parameter's text into JSON. Empty ones say nothing. */
export const BODY_VARIABLE = 'CHECK_BODY'
export const EXPECT_VARIABLE = 'CHECK_EXPECT'
export const URL_VARIABLE = 'CHECK_URL'

type Variables = Readonly<Record<string, string | undefined>>

/**
 * The configuration that a function's environment holds. Empty texts are absent ones: a template leaves them so.
 *
 * @throws SyntaxError where a variable is no JSON
 */
export const readConfiguration = (variables: Variables): CheckConfiguration => {
  const { [BODY_VARIABLE]: body, [EXPECT_VARIABLE]: expect, [URL_VARIABLE]: url } = variables
  const given = {
    ...(JSON.parse(variables[CHECK_VARIABLE] ?? '{}') as CheckConfiguration),
    ...(body && { body }),
    ...(expect && { expect: JSON.parse(expect) as Expectation }),
    ...(url && { url }),
  }
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== ''),
  ) as unknown as CheckConfiguration
}

/** What came of one check. */
export interface CheckOutcome {
  readonly succeeded: boolean
  /** ms, as this client measured it; absent where nothing was answered. */
  readonly latency?: number
  readonly why?: string
}
