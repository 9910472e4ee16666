import { Alarm } from 'aws-cdk-lib/aws-cloudwatch'
import type { CfnParameterProps } from 'aws-cdk-lib/core'
import { ServiceDashboard } from '../dashboard/service-dashboard.ts'
import { type Agreed, ofEveryAgreement } from './agreements.ts'
import {
  API_NAME,
  AVAILABILITY_TARGET,
  ENDPOINT_CORES,
  ENDPOINT_NAME,
  FUNCTION_CONCURRENCY,
  FUNCTION_NAME,
  LATENCY_BOUND,
  SERVICE,
  STAGE_NAME,
  TABLE_NAME,
  TABLE_OPERATION,
  VARIANT_NAME,
} from './alarm-parameters.ts'
import { exampleSet } from './example-set.ts'
import { TemplateStack } from './template-stack.ts'
import type { Template } from './value.ts'

const SHOWN = 'What is shown'
const AGREED = 'What was agreed'

/** A metric's dimension is never empty: graphs of what there is not stay so. */
const named = ({ allowedPattern = '', ...props }: CfnParameterProps): CfnParameterProps => ({
  ...props,
  ...(props.default === '' && { default: 'none' }),
  allowedPattern: allowedPattern.replace('*$', '+$'),
  description: props.description?.replace(/Empty: .*$/, 'none: its graphs stay empty.') ?? '',
})

const build = ({ sla, cores, concurrency }: Agreed): Template => {
  const stack = new TemplateStack(
    'An inference API at a glance: alarms first, then the agreement, then every figure from edge to model.',
  )
  const text = (name: string, props: CfnParameterProps): string =>
    stack.parameter(SHOWN, name, props).valueAsString
  const service = text('Service', SERVICE)
  const api = { apiName: text('ApiName', API_NAME), stageName: text('StageName', STAGE_NAME) }
  const functionName = text('FunctionName', named(FUNCTION_NAME))
  stack.parameter(SHOWN, 'FunctionConcurrency', FUNCTION_CONCURRENCY)
  const tableName = text('TableName', named(TABLE_NAME))
  const operations = [text('TableOperation', TABLE_OPERATION)]
  const endpointName = text('EndpointName', named(ENDPOINT_NAME))
  const variantName = text('VariantName', VARIANT_NAME)
  stack.parameter(SHOWN, 'EndpointCores', ENDPOINT_CORES)
  stack.parameter(AGREED, 'AvailabilityTarget', AVAILABILITY_TARGET)
  stack.parameter(AGREED, 'LatencyBound', LATENCY_BOUND)

  const { alarms, burn } = exampleSet()
  const keys = ['sla-at-risk', ...[...alarms, ...burn].map(({ key }) => key).reverse()]
  const arnOf = (key: string): string =>
    `arn:${stack.partition}:cloudwatch:${stack.region}:${stack.account}:alarm:${service}-${key}`
  const { dashboard } = new ServiceDashboard(stack, 'Watch', {
    service,
    api,
    function: { functionName, concurrency },
    table: { tableName, operations },
    endpoint: { endpointName, variantName, cores },
    sla,
    usageReport: true,
    alarms: keys.map(key => Alarm.fromAlarmArn(stack, key, arnOf(key))),
  })
  stack.output('Name', 'Of the dashboard.', dashboard.dashboardName)
  return stack.template()
}

/** The dashboard of a service whose alarms are those of the alarms' template. */
export const dashboardTemplate = (): Template => ofEveryAgreement(build)
