import type * as Sdk from '@aws-sdk/client-cloudwatch'
import { type Operations, ServiceError } from '@sonde/wire'
import type { RequestContext } from '../../../kernel/context.ts'
import { checkInteger } from '../check-integer.ts'
import { constraint, invalidCombination } from '../errors.ts'
import type { Configuration, Detector } from './detector.ts'
import type { Detectors } from './detectors.ts'
import { readConfiguration, readTarget } from './input.ts'

export type AnomalyOperations = Required<
  Pick<
    Operations<typeof Sdk, RequestContext>,
    'PutAnomalyDetector' | 'DescribeAnomalyDetectors' | 'DeleteAnomalyDetector'
  >
>

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAnomalyDetectors.html */
const MAX_RESULTS = 100
const MAX_IDS = 50
const TYPES = ['SINGLE_METRIC', 'METRIC_MATH'] as const

const describeConfiguration = ({
  excluded,
  timeZone,
  adaptation,
  outlierFiltering,
}: Configuration): Sdk.AnomalyDetectorConfiguration => ({
  ExcludedTimeRanges: excluded.map(({ start, end }) => ({
    StartTime: new Date(start),
    EndTime: new Date(end),
  })),
  ...(timeZone !== undefined && { MetricTimezone: timeZone }),
  ...(adaptation && { AdaptationSpeed: adaptation }),
  ...(outlierFiltering && { OutlierFilteringStrength: outlierFiltering }),
})

/** A single metric's members stand both where they used to and where they now do. */
const describeTarget = ({ target }: Detector, account: string): Sdk.AnomalyDetector => {
  if (target.type === 'METRIC_MATH') {
    return { MetricMathAnomalyDetector: { MetricDataQueries: [...target.queries] } }
  }
  const members = {
    Namespace: target.namespace,
    MetricName: target.metricName,
    Dimensions: target.dimensions.map(([Name, Value]) => ({ Name, Value })),
    Stat: target.stat,
  }
  return { ...members, SingleMetricAnomalyDetector: { AccountId: account, ...members } }
}

const matches = ({ target, id }: Detector, input: Sdk.DescribeAnomalyDetectorsInput): boolean => {
  if (input.AnomalyDetectorIds?.length) return input.AnomalyDetectorIds.includes(id)
  const types: readonly string[] = input.AnomalyDetectorTypes?.length
    ? input.AnomalyDetectorTypes
    : ['SINGLE_METRIC']
  if (!types.includes(target.type)) return false
  const { Namespace, MetricName, Dimensions = [] } = input
  if (target.type === 'METRIC_MATH') {
    return Namespace === undefined && MetricName === undefined && Dimensions.length === 0
  }
  return (
    (Namespace === undefined || target.namespace === Namespace) &&
    (MetricName === undefined || target.metricName === MetricName) &&
    Dimensions.every(({ Name, Value }) =>
      target.dimensions.some(([name, value]) => name === Name && value === Value),
    )
  )
}

const checkDescribe = (input: Sdk.DescribeAnomalyDetectorsInput): void => {
  const { MaxResults, AnomalyDetectorTypes = [], AnomalyDetectorIds = [] } = input
  checkInteger(MaxResults, 'maxResults')
  if (MaxResults !== undefined && MaxResults < 1) {
    throw constraint(MaxResults, 'maxResults', 'have value greater than or equal to 1')
  }
  if (MaxResults !== undefined && MaxResults > MAX_RESULTS) {
    throw constraint(MaxResults, 'maxResults', `have value less than or equal to ${MAX_RESULTS}`)
  }
  for (const type of AnomalyDetectorTypes) {
    if (!TYPES.includes(type)) {
      throw constraint(
        type,
        'anomalyDetectorTypes',
        `satisfy enum value set: [${[...TYPES].sort().join(', ')}]`,
      )
    }
  }
  if (AnomalyDetectorIds.length > MAX_IDS) {
    throw constraint(
      `[${AnomalyDetectorIds}]`,
      'anomalyDetectorIds',
      `have length less than or equal to ${MAX_IDS}`,
    )
  }
  const filter = (['Namespace', 'MetricName', 'Dimensions', 'AnomalyDetectorTypes'] as const).find(
    name => input[name] !== undefined,
  )
  if (AnomalyDetectorIds.length > 0 && filter) {
    throw invalidCombination(
      `The parameters AnomalyDetectorIds and ${filter} are mutually exclusive and you have specified both.`,
    )
  }
}

const readToken = (token: string | undefined): number => {
  if (token === undefined) return 0
  const text = Buffer.from(token, 'base64url').toString()
  if (!/^anomaly:\d{1,9}$/.test(text))
    throw new ServiceError('InvalidNextToken', 'The provided NextToken is invalid.')
  return Number(text.slice('anomaly:'.length))
}

/** @param check refuses queries that cannot be evaluated */
export const createAnomalyOperations = (
  detectors: Detectors,
  check: (queries: readonly Sdk.MetricDataQuery[]) => void,
): AnomalyOperations => {
  const require = (found: Detector | undefined): Detector => {
    if (found) return found
    throw new ServiceError('ResourceNotFoundException', 'The anomaly detector does not exist.', {
      status: 404,
    })
  }

  return {
    PutAnomalyDetector: (input, { scope }) => {
      const target = readTarget(input as Sdk.PutAnomalyDetectorInput, scope.account, check)
      const configuration = readConfiguration(input.Configuration)
      const periodicSpikes = input.MetricCharacteristics?.PeriodicSpikes
      const { id } = detectors.put(scope, target, {
        configuration,
        ...(periodicSpikes !== undefined && { periodicSpikes }),
      })
      return { AnomalyDetectorId: id }
    },

    DescribeAnomalyDetectors: (input, { scope }) => {
      const query = input as Sdk.DescribeAnomalyDetectorsInput
      checkDescribe(query)
      const matching = detectors.list(scope).filter(detector => matches(detector, query))
      const start = readToken(query.NextToken)
      const next = start + (query.MaxResults ?? MAX_RESULTS)
      return {
        AnomalyDetectors: matching.slice(start, next).map(detector => ({
          AnomalyDetectorId: detector.id,
          ...describeTarget(detector, scope.account),
          Configuration: describeConfiguration(detector.configuration),
          StateValue: detectors.stateOf(scope, detector),
          ...(detector.periodicSpikes !== undefined && {
            MetricCharacteristics: { PeriodicSpikes: detector.periodicSpikes },
          }),
        })),
        ...(next < matching.length && { NextToken: Buffer.from(`anomaly:${next}`).toString('base64url') }),
      }
    },

    DeleteAnomalyDetector: (input, { scope }) => {
      const { AnomalyDetectorId: id, ...named } = input as Sdk.DeleteAnomalyDetectorInput
      if (id === undefined) {
        detectors.remove(scope, require(detectors.find(scope, readTarget(named, scope.account, check))))
        return {}
      }
      const other = Object.entries(named).find(([, value]) => value !== undefined)?.[0]
      if (other) {
        throw invalidCombination(
          `The parameters AnomalyDetectorId and ${other} are mutually exclusive and you have specified both.`,
        )
      }
      detectors.remove(scope, require(detectors.list(scope).find(detector => detector.id === id)))
      return {}
    },
  }
}
