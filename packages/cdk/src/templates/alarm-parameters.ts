import type { CfnParameterProps } from 'aws-cdk-lib/core'

/** Of names that AWS's services take. */
const NAME = '^[A-Za-z0-9_.-]+$'
const OPTIONAL_NAME = '^[A-Za-z0-9_.-]*$'

const required = (description: string): CfnParameterProps => ({ description, allowedPattern: NAME })
const optional = (description: string): CfnParameterProps => ({
  description,
  default: '',
  allowedPattern: OPTIONAL_NAME,
})

/** What several templates ask for. */
export const SERVICE: CfnParameterProps = {
  ...required(
    'The service’s name: it begins the names of its alarms, and is a dimension of what the watch records.',
  ),
  // The dashboard is named so, and takes no dots.
  allowedPattern: '^[A-Za-z0-9_-]+$',
  maxLength: 64,
}
export const API_NAME = required('The REST API’s name, as in the dimension ApiName of its metrics.')
export const STAGE_NAME: CfnParameterProps = { ...required('The deployed stage.'), default: 'prod' }
export const FUNCTION_NAME = optional('The function behind the API. Empty: no alarms on a function.')
export const FUNCTION_CONCURRENCY: CfnParameterProps = {
  type: 'Number',
  description:
    'Invocations that may run at the same time: the function’s reserved concurrency, or the account’s quota.',
  default: 1_000,
  minValue: 1,
}
export const TABLE_NAME = optional('The table with the reference data. Empty: no alarms on a table.')
export const TABLE_OPERATION: CfnParameterProps = {
  description: 'The operation on the table that the service uses most.',
  default: 'BatchGetItem',
  allowedValues: ['BatchGetItem', 'GetItem', 'Query', 'Scan', 'TransactGetItems'],
}
export const ENDPOINT_NAME = optional('The SageMaker endpoint. Empty: no alarms on a model.')
export const VARIANT_NAME: CfnParameterProps = {
  ...required('The endpoint’s production variant.'),
  default: 'AllTraffic',
}
export const ENDPOINT_CORES: CfnParameterProps = {
  type: 'Number',
  description:
    'vCPUs of an instance of the endpoint, such as 2 of ml.c7i.large: CPUUtilization is the sum over the cores.',
  default: 2,
  minValue: 1,
  maxValue: 448,
}
export const LATENCY_BOUND: CfnParameterProps = {
  type: 'Number',
  description: 'What was agreed: 90 % of responses within so many milliseconds.',
  default: 200,
  minValue: 1,
  maxValue: 29_000,
}

/** Objectives for which the alarms’ thresholds are in the template’s mapping. */
export const AVAILABILITIES = ['99', '99.5', '99.9', '99.95', '99.99'] as const
export const AVAILABILITY_TARGET: CfnParameterProps = {
  description:
    'What was agreed: per cent of requests, and of minutes, that succeed over 30 days. Thresholds of the burn alarms follow from it.',
  default: '99.95',
  allowedValues: [...AVAILABILITIES],
}

/** A threshold that CloudFormation cannot compute. */
export interface ThresholdParameter {
  /** Of the alarm. */
  readonly key: string
  readonly description: string
  /** `undefined`: what the construct derives of the defaults. 0: no alarm until somebody says a number. */
  readonly fallback?: 0
}

const share = (what: string, part: string, percent: number): string =>
  `ms at p90: ${percent} % of ${what}, ${part} of the latency bound.`

const WARNED = [
  ['Warn', 'warn', 80],
  ['Critical', 'critical', 95],
] as const

const levels = (
  name: string,
  key: string,
  describe: (percent: number) => string,
  fallback?: 0,
): ReadonlyArray<readonly [string, ThresholdParameter]> =>
  WARNED.map(([suffix, level, percent]) => [
    `${name}${suffix}Threshold`,
    {
      key: `${key}-${level}`,
      description: describe(percent),
      ...(fallback !== undefined && { fallback }),
    },
  ])

/** Thresholds that follow from measurements, quotas and shares of the latency bound, by the names of their parameters. */
export const THRESHOLDS: ReadonlyMap<string, ThresholdParameter> = new Map([
  ...levels(
    'TrafficHigh',
    'traffic-high',
    percent =>
      `Requests a minute: ${percent} % of what a load test has shown that the service takes. 0: no alarm.`,
    0,
  ),
  [
    'TrafficLowThreshold',
    {
      key: 'traffic-low',
      description: 'Requests a minute below which something is wrong. 0: no alarm.',
      fallback: 0,
    },
  ] as const,
  ...levels(
    'FunctionConcurrency',
    'function-concurrency',
    percent =>
      `Invocations at the same time: ${percent} % of the function’s reserved concurrency, or of the account’s quota (1,000).`,
  ),
  ...levels('FunctionDuration', 'function-duration', percent =>
    share('the shares of function, table, endpoint and model', '80 %', percent),
  ),
  ...levels('TableLatency', 'table-latency', percent => share('the table’s share', '7.5 %', percent)),
  ...levels('ModelLatency', 'model-latency', percent => share('the model’s share', '50 %', percent)),
  [
    'ModelOverheadThreshold',
    {
      key: 'model-overhead',
      description: 'ms at p90 around the model: the endpoint’s share, 7.5 % of the latency bound.',
    },
  ] as const,
  ...levels(
    'EndpointLoad',
    'endpoint-load',
    percent =>
      `Invocations of an instance a minute: ${percent} % of what a load test has shown that it takes. 0: no alarm.`,
    0,
  ),
])
