import { Alarms } from '../alarms/alarms.ts'
import { type Agreed, DEFAULTS, ofEveryAgreement } from './agreements.ts'
import {
  API_NAME,
  AVAILABILITY_TARGET,
  ENDPOINT_CORES,
  ENDPOINT_NAME,
  FUNCTION_NAME,
  LATENCY_BOUND,
  SERVICE,
  STAGE_NAME,
  TABLE_NAME,
  TABLE_OPERATION,
  THRESHOLDS,
  VARIANT_NAME,
} from './alarm-parameters.ts'
import { CAPACITY, exampleSet, SHARES } from './example-set.ts'
import { onlyWhereThere, withOptionalChildren } from './optional-alarms.ts'
import { routesOf } from './routes.ts'
import { TemplateStack } from './template-stack.ts'
import { mapValues, type Template, type Value } from './value.ts'

const GROUPS = { service: 'What is watched', agreement: 'What was agreed', thresholds: 'Thresholds' } as const

/** Derivations of what has no default say whose number it is. */
const withoutExamples = (text: string): string =>
  text
    .replace(/ \(Default: [\d.]+; (\d+) % of [\d.]+: (requests|invocations)/, ' ($1 % of the $2')
    .replace(/ \(Default: [\d.]+; Below [\d.]+ requests a minute, as/, ' (As')

const build = ({ sla, cores }: Agreed): Template => {
  const stack = new TemplateStack(
    'Alarms of an inference API that work together: derived from its agreement, one pager.',
  )
  const text = (name: string, props: Parameters<TemplateStack['parameter']>[2]): string =>
    stack.parameter(GROUPS.service, name, props).valueAsString
  const service = text('Service', SERVICE)
  const api = { apiName: text('ApiName', API_NAME), stageName: text('StageName', STAGE_NAME) }
  const functionName = text('FunctionName', FUNCTION_NAME)
  const table = {
    tableName: text('TableName', TABLE_NAME),
    operations: [text('TableOperation', TABLE_OPERATION)],
  }
  const endpoint = {
    endpointName: text('EndpointName', ENDPOINT_NAME),
    variantName: text('VariantName', VARIANT_NAME),
    cores,
  }
  stack.parameter(GROUPS.service, 'EndpointCores', ENDPOINT_CORES)
  stack.parameter(GROUPS.service, 'UsageReport', {
    description:
      'Whether the use of usage plans is reported in this account and region (usage-report.template.yaml) and watched here.',
    default: 'yes',
    allowedValues: ['yes', 'no'],
  })
  stack.parameter(GROUPS.agreement, 'AvailabilityTarget', AVAILABILITY_TARGET)
  stack.parameter(GROUPS.agreement, 'LatencyBound', LATENCY_BOUND)

  const derived = new Map(exampleSet().alarms.map(({ key, threshold }) => [key, threshold]))
  const thresholds = [...THRESHOLDS].map(([name, { key, description, fallback }]) => {
    const parameter = stack.parameter(GROUPS.thresholds, name, {
      type: 'Number',
      description,
      default: fallback ?? derived.get(key) ?? 0,
      minValue: 0,
    })
    return { name, key, parameter, isOptional: fallback !== undefined }
  })
  const routes = routesOf(stack)
  const owner = stack.parameter('Who is told', 'Owner', {
    description: 'The team that looks after the service: each alarm names it.',
    allowedPattern: '^[^"\\\\]+$',
  })
  const runbook = stack.parameter('Who is told', 'Runbook', {
    description: 'What to do, as an address: each alarm adds # and its key.',
    allowedPattern: '^https?://[^ "\\\\#]+$',
  })

  const alarms = new Alarms(stack, 'Watch', {
    service,
    api,
    function: { functionName, concurrency: DEFAULTS.concurrency },
    table,
    endpoint,
    capacity: CAPACITY,
    shares: SHARES,
    sla,
    healthCheck: true,
    usageReport: true,
    routes,
    owner: owner.valueAsString,
    runbook: runbook.valueAsString,
    change: Object.fromEntries(
      thresholds.map(({ name, key, parameter }) => [
        key,
        { threshold: parameter.valueAsNumber, reason: `As the stack's parameter ${name} says.` },
      ]),
    ),
  })

  onlyWhereThere(stack, alarms, thresholds)
  stack.output('Pager', 'The alarm through which alone somebody is paged.', alarms.pager.alarmName)
  stack.output('PagesTo', 'The topic of pages.', routes.page.topicArn)
  stack.output('TicketsTo', 'The topic of tickets.', routes.ticket.topicArn)
  const template = withOptionalChildren(stack.template())
  return mapValues(template, (value: Value) =>
    typeof value === 'string' ? withoutExamples(value) : value,
  ) as Template
}

/** The alarms of a service, with everything that is known of it only at deployment as parameters. */
export const alarmsTemplate = (): Template => ofEveryAgreement(build)
