import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { ResourceRequest, ResourceState, ResourceType } from '../../../kernel/resource-type.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Detectors } from './detectors.ts'
import { readConfiguration, readTarget } from './input.ts'
import { targetKey } from './target.ts'
import { readShape, type Shape } from './template-shape.ts'

const DIMENSIONS: Shape = [{ Name: 'text', Value: 'text' }]
const METRIC = { Namespace: 'text', MetricName: 'text', Dimensions: DIMENSIONS } as const
const QUERY: Shape = {
  Id: 'text',
  Expression: 'text',
  Label: 'text',
  ReturnData: 'boolean',
  Period: 'number',
  AccountId: 'text',
  MetricStat: { Metric: METRIC, Period: 'number', Stat: 'text', Unit: 'text' },
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudwatch-anomalydetector.html */
const PROPERTIES = {
  ...METRIC,
  Stat: 'text',
  Configuration: {
    ExcludedTimeRanges: [{ StartTime: 'time', EndTime: 'time' }],
    MetricTimeZone: 'text',
  },
  MetricCharacteristics: { PeriodicSpikes: 'boolean' },
  SingleMetricAnomalyDetector: { ...METRIC, Stat: 'text', AccountId: 'text' },
  MetricMathAnomalyDetector: { MetricDataQueries: [QUERY] },
} as const satisfies Shape

/** CloudFormation writes the time zone with a capital Z. */
interface Properties extends Omit<Sdk.PutAnomalyDetectorInput, 'Configuration'> {
  readonly Configuration?: { readonly ExcludedTimeRanges?: Sdk.Range[]; readonly MetricTimeZone?: string }
}

/** `AWS::CloudWatch::AnomalyDetector`. `Ref` is its id; a change of what it watches replaces it. */
export const createAnomalyResource = (
  detectors: Detectors,
  check: (queries: readonly Sdk.MetricDataQuery[]) => void,
): ResourceType => {
  const read = (scope: Scope, properties: Readonly<Record<string, unknown>>) => {
    const input = readShape(properties, PROPERTIES, 'Properties') as Properties
    const { ExcludedTimeRanges, MetricTimeZone } = input.Configuration ?? {}
    return {
      target: readTarget(input, scope.account, check),
      configuration: readConfiguration({ ExcludedTimeRanges, MetricTimezone: MetricTimeZone }),
      periodicSpikes: input.MetricCharacteristics?.PeriodicSpikes,
    }
  }
  const put = ({ scope, properties }: ResourceRequest): ResourceState => {
    const { target, configuration, periodicSpikes } = read(scope, properties)
    const { id } = detectors.put(scope, target, {
      configuration,
      ...(periodicSpikes !== undefined && { periodicSpikes }),
    })
    return { physicalId: id, attributes: { Id: id, AnomalyDetectorId: id } }
  }
  return {
    properties: Object.keys(PROPERTIES),
    create: put,
    update: (request, previous) => {
      const [before, after] = [previous.properties, request.properties].map(properties =>
        targetKey(read(request.scope, properties).target),
      )
      return before === after ? put(request) : 'replace'
    },
    delete: (scope, { physicalId }) => {
      const detector = detectors.list(scope).find(({ id }) => id === physicalId)
      if (detector) detectors.remove(scope, detector)
    },
  }
}
