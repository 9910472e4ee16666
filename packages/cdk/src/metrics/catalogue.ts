/**
 * The metrics that the watch knows, with their units and the sets of dimensions that they exist under. CloudWatch takes any
 * name and any dimension and then finds nothing: here a wrong one does not compile.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
 */
export const CATALOGUE = {
  'AWS/ApiGateway': {
    dimensions: [['ApiName'], ['ApiName', 'Stage'], ['ApiName', 'Stage', 'Resource', 'Method']],
    metrics: {
      Count: 'Count',
      '4XXError': 'Count',
      '5XXError': 'Count',
      Latency: 'Milliseconds',
      IntegrationLatency: 'Milliseconds',
    },
  },
  'AWS/Lambda': {
    dimensions: [[], ['FunctionName'], ['FunctionName', 'Resource']],
    metrics: {
      Invocations: 'Count',
      Errors: 'Count',
      Throttles: 'Count',
      Duration: 'Milliseconds',
      ConcurrentExecutions: 'Count',
    },
  },
  'AWS/DynamoDB': {
    dimensions: [['TableName'], ['TableName', 'Operation'], ['TableName', 'GlobalSecondaryIndexName']],
    metrics: {
      ReadThrottleEvents: 'Count',
      WriteThrottleEvents: 'Count',
      ThrottledRequests: 'Count',
      SystemErrors: 'Count',
      SuccessfulRequestLatency: 'Milliseconds',
      ConsumedReadCapacityUnits: 'Count',
      ConsumedWriteCapacityUnits: 'Count',
    },
  },
  'AWS/SageMaker': {
    dimensions: [['EndpointName', 'VariantName']],
    metrics: {
      Invocations: 'None',
      InvocationsPerInstance: 'None',
      Invocation4XXErrors: 'None',
      Invocation5XXErrors: 'None',
      InvocationModelErrors: 'None',
      ModelLatency: 'Microseconds',
      OverheadLatency: 'Microseconds',
    },
  },
  '/aws/sagemaker/Endpoints': {
    dimensions: [['EndpointName', 'VariantName']],
    metrics: {
      CPUUtilization: 'Percent',
      MemoryUtilization: 'Percent',
      DiskUtilization: 'Percent',
      GPUUtilization: 'Percent',
      GPUMemoryUtilization: 'Percent',
    },
  },
  'AWS/SNS': {
    dimensions: [['TopicName']],
    metrics: {
      NumberOfMessagesPublished: 'Count',
      NumberOfNotificationsDelivered: 'Count',
      NumberOfNotificationsFailed: 'Count',
    },
  },
  'Sonde/HealthCheck': {
    dimensions: [['Service']],
    metrics: {
      /** 1 for each check that was satisfied: the counter of availability. */
      Availability: 'Count',
      /** 1 for each check that ran, whatever came of it. */
      Runs: 'Count',
      /** 1 for each check that failed. */
      Failures: 'Count',
      Latency: 'Milliseconds',
    },
  },
  'Sonde/Usage': {
    dimensions: [['UsagePlan'], ['UsagePlan', 'ApiKey'], ['Service']],
    metrics: {
      Used: 'Count',
      Limit: 'Count',
      UsedPercent: 'Percent',
      /** 1 for each report, over all plans. */
      Reports: 'Count',
    },
  },
} as const

export type Catalogue = typeof CATALOGUE
export type Namespace = keyof Catalogue
export type MetricName<N extends Namespace> = keyof Catalogue[N]['metrics'] & string

type Union<Sets extends readonly (readonly string[])[]> = Sets[number] extends infer Names
  ? Names extends readonly []
    ? Readonly<Record<string, never>>
    : Names extends readonly string[]
      ? Readonly<Record<Names[number], string>>
      : never
  : never

/** Values for exactly one of the sets of dimensions that a namespace's metrics exist under. */
export type Dimensions<N extends Namespace> = Union<Catalogue[N]['dimensions']>

const sameNames = (set: readonly string[], names: readonly string[]): boolean =>
  set.length === names.length && names.every(name => set.includes(name))

/** Why a metric cannot exist, in one sentence; `undefined` where it can, or where its namespace is not AWS's or ours. */
export const whyUnknown = (
  namespace: string,
  name: string,
  dimensionNames: readonly string[],
): string | undefined => {
  if (!Object.hasOwn(CATALOGUE, namespace)) {
    if (!/^(AWS\/|\/aws\/|Sonde\/)/.test(namespace)) return undefined
    return `the catalogue has no namespace ${namespace}`
  }
  const { metrics, dimensions } = CATALOGUE[namespace as Namespace]
  if (!Object.hasOwn(metrics, name)) {
    return `${namespace} has no metric ${name}; it has ${Object.keys(metrics).join(', ')}`
  }
  if (dimensions.some(set => sameNames(set, dimensionNames))) return undefined
  const sets = dimensions.map(set => `{${set.join(', ')}}`).join(' or ')
  return `${namespace} ${name} exists under ${sets}, not under {${dimensionNames.join(', ')}}`
}
