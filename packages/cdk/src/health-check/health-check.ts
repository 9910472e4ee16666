import { join } from 'node:path'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda'
import { Duration, Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { WatchFunction } from '../functions/watch-function.ts'
import { CHECK_VARIABLE, type CheckConfiguration } from './check.ts'
import { checkExpectation, type Expectation } from './expectation.ts'
import { HEALTH_CHECK_NAMESPACE } from './outcome-metrics.ts'

/** The request that a health check makes: one that needs the whole service to be answered. */
export interface HealthCheckRequest {
  /** Default GET, or POST where there is a body. */
  readonly method?: string
  /** Beyond `content-type: application/json` of bodies that are no texts. Never a secret: the template shows them. */
  readonly headers?: Readonly<Record<string, string>>
  /** A text, or what is sent as JSON. */
  readonly body?: unknown
}

/** An API of another account, which keeps its address in a parameter ({@link HealthCheckTarget}). */
export interface HealthCheckedApiElsewhere {
  readonly roleArn: string
  readonly urlParameter: string
}

/** Where the API is: its address, or the account that knows it. */
export type HealthCheckedApi = { readonly url: string } | HealthCheckedApiElsewhere

export interface HealthCheckProps {
  /** The service's name: a dimension of what is recorded. */
  readonly service: string
  readonly api: HealthCheckedApi
  readonly request: HealthCheckRequest
  /** What the answer must satisfy. Default: status 200. */
  readonly expect?: Expectation
  /** How long an answer may take. Default 10 seconds. */
  readonly timeout?: Duration
  /** An SSM parameter (SecureString) of this account with the API key: it never is in the template. */
  readonly apiKeyParameter?: string
}

const MINUTE = Duration.minutes(1)
const DEFAULT_TIMEOUT = Duration.seconds(10)
const LONGEST_TIMEOUT = Duration.seconds(50)
/** For credentials, parameters and metrics around the request. */
const MARGIN = Duration.seconds(8)

const configurationOf = (props: HealthCheckProps): CheckConfiguration => {
  const { service, api, request, expect = {}, timeout = DEFAULT_TIMEOUT, apiKeyParameter } = props
  const { body, headers, method = body === undefined ? 'GET' : 'POST' } = request
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
  checkExpectation(expect)
  if (timeout.toMilliseconds() > LONGEST_TIMEOUT.toMilliseconds()) {
    throw new Error(
      `A health check's timeout may be ${LONGEST_TIMEOUT.toSeconds()} seconds at most: one is due every minute.`,
    )
  }
  return {
    service,
    method,
    headers: { ...(typeof body === 'object' && { 'content-type': 'application/json' }), ...headers },
    ...(text !== undefined && { body: text }),
    expect,
    timeout: timeout.toMilliseconds(),
    ...api,
    ...(apiKeyParameter !== undefined && { apiKeyParameter }),
  }
}

/**
 * Makes one meaningful request a minute and counts what succeeds. Belongs into a stack of its own, in another account
 * than the API: what takes the API down then does not take its check down.
 *
 * @example
 * new HealthCheck(stack, 'HealthCheck', {
 *   service: 'shop',
 *   api: { url: 'https://abc.execute-api.eu-west-1.amazonaws.com/prod/predictions' },
 *   request: { body: { customer: 'test' } },
 *   expect: { json: { probability: { atLeast: 0, atMost: 1 } } },
 * })
 */
export class HealthCheck extends Construct {
  readonly function: Lambda

  constructor(scope: Construct, id: string, props: HealthCheckProps) {
    super(scope, id)
    const configuration = configurationOf(props)
    this.function = new WatchFunction(this, 'Check', {
      entry: join(import.meta.dirname, 'handler.ts'),
      description: `Checks ${props.service} once a minute`,
      environment: { [CHECK_VARIABLE]: JSON.stringify(configuration) },
      timeout: Duration.millis(configuration.timeout).plus(MARGIN),
    }).function
    this.function.addToRolePolicy(
      new PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': HEALTH_CHECK_NAMESPACE } },
      }),
    )
    if (configuration.roleArn !== undefined) {
      this.function.addToRolePolicy(
        new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [configuration.roleArn] }),
      )
    }
    if (configuration.apiKeyParameter !== undefined) this.#mayRead(configuration.apiKeyParameter)
    new Rule(this, 'EveryMinute', {
      description: `Is ${props.service} there?`,
      schedule: Schedule.rate(MINUTE),
      targets: [new LambdaFunction(this.function, { retryAttempts: 0 })],
    })
  }

  /** The parameter is encrypted with the account's key for SSM, which its policy lets every principal use through SSM. */
  #mayRead(parameter: string): void {
    this.function.addToRolePolicy(
      new PolicyStatement({
        actions: ['ssm:GetParameter'],
        resources: [
          Stack.of(this).formatArn({
            service: 'ssm',
            resource: 'parameter',
            resourceName: parameter.replace(/^\//, ''),
          }),
        ],
      }),
    )
  }
}
