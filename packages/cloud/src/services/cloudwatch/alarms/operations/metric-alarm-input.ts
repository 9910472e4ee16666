import type * as Sdk from '@aws-sdk/client-cloudwatch'
import { type InputOf, notImplemented } from '@sonde/wire'
import type { Scope } from '../../../../kernel/scope.ts'
import type { Queries } from '../../queries/index.ts'
import { readTags } from '../../tags.ts'
import { periodOf } from '../actions.ts'
import type { ComparisonOperator, MetricAlarm, WarmUp } from '../alarm.ts'
import { validationError } from '../errors.ts'
import { COMPARISONS, comparesWithBand } from '../evaluation/comparison.ts'
import { isAutoScaling, readActions } from './action-arns.ts'
import { readQueries } from './alarm-queries.ts'
import { checkAlarmName, checkDescription, checkEnum, checkLeast, checkLength } from './checks.ts'
import { readSingleMetric } from './single-metric.ts'

type Input = InputOf<typeof Sdk, 'PutMetricAlarm'>

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const MAX_PAYLOAD = 120 * 1_024
const HOUR = 3_600
const DAY = 86_400
const WEEK = 604_800
const MAX_MAGNITUDE = 2 ** 360
const MAX_WARM_UP = 2_880

const OPERATORS = Object.keys(COMPARISONS) as readonly ComparisonOperator[]
const TREATMENTS = ['breaching', 'ignore', 'missing', 'notBreaching'] as const
const LOW_SAMPLES = ['evaluate', 'ignore'] as const

const refuseUnavailable = (input: Input): void => {
  const refuse = (what: string): never => {
    throw notImplemented(`cloudwatch:PutMetricAlarm with ${what}`)
  }
  if (input.EvaluationCriteria) refuse('EvaluationCriteria (PromQL)')
  if (input.EvaluationInterval !== undefined) refuse('EvaluationInterval (PromQL)')
  if (
    input.EvaluationWindow &&
    'WallClockWindow' in input.EvaluationWindow &&
    input.EvaluationWindow.WallClockWindow
  ) {
    refuse('EvaluationWindow.WallClockWindow')
  }
  if (input.ActionConfiguration) refuse('ActionConfiguration')
}

/** Neither an enumeration of Coral's nor of its words: a string that CloudWatch checks itself. */
const oneOf = <Value extends string>(
  value: string | undefined,
  name: string,
  set: readonly Value[],
): Value | undefined => {
  if (value === undefined) return undefined
  checkLength(value, name.charAt(0).toLowerCase() + name.slice(1), { least: 1, most: 255 })
  const found = set.find(member => member === value)
  if (found === undefined) throw validationError(`Invalid ${name} ${value}. Valid values: ${set.join(' | ')}`)
  return found
}

const checkSpan = (period: number, evaluationPeriods: number): void => {
  const span = period * evaluationPeriods
  if (period < HOUR && span > DAY) {
    throw validationError(
      `Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= ${DAY})`,
    )
  }
  if (span > WEEK) {
    throw validationError(
      `Metrics cannot be checked across more than a week (EvaluationPeriods * Period must be <= ${WEEK})`,
    )
  }
}

const readThreshold = (input: Input, operator: ComparisonOperator) => {
  const { Threshold: threshold, ThresholdMetricId: id } = input
  checkLength(id, 'thresholdMetricId', { least: 1, most: 255 })
  if (comparesWithBand(operator)) {
    if (id === undefined) throw validationError(`ThresholdMetricId must not be null with ${operator}`)
    if (threshold !== undefined) throw validationError('Threshold must not be set with ThresholdMetricId')
    const actions = [input.AlarmActions, input.OKActions, input.InsufficientDataActions].flatMap(
      list => list ?? [],
    )
    if (actions.some(isAutoScaling)) {
      throw validationError('Alarms based on anomaly detection models cannot have Auto Scaling actions')
    }
    return { thresholdMetricId: id }
  }
  if (id !== undefined) {
    throw validationError(`ThresholdMetricId cannot be used with the ComparisonOperator ${operator}`)
  }
  if (threshold === undefined) throw validationError('Threshold must not be null')
  if (!(Math.abs(threshold) <= MAX_MAGNITUDE)) {
    throw validationError(`The value ${threshold} for parameter Threshold is invalid.`)
  }
  return { threshold }
}

const readWarmUp = ({ WarmUpConfiguration: given }: Input): { warmUp?: WarmUp } => {
  if (!given) return {}
  const {
    WarmUpPeriodDurationInMinutes: minutes = 0,
    OnlyStartEvaluatingAfterWarmUpPeriodEnds: fullPeriod = false,
  } = given
  if (!(Number.isInteger(minutes) && minutes >= 1 && minutes <= MAX_WARM_UP)) {
    throw validationError(`WarmUpPeriodDurationInMinutes must be between 1 and ${MAX_WARM_UP}`)
  }
  return { warmUp: { minutes, fullPeriod } }
}

const readLowSamples = (input: Input) => {
  const choice = oneOf(
    input.EvaluateLowSampleCountPercentile,
    'EvaluateLowSampleCountPercentile',
    LOW_SAMPLES,
  )
  if (choice === undefined) return {}
  const [query, ...others] = input.Metrics ?? []
  const statistic =
    input.Statistic ?? input.ExtendedStatistic ?? (others.length === 0 ? query?.MetricStat?.Stat : undefined)
  if (!statistic || !/^p\d/.test(statistic)) {
    throw validationError(
      `Option evaluateLowSampleCountPercentile can not be applied with statistic ${statistic}. This option is enabled only for percentile statistics.`,
    )
  }
  return { evaluateLowSampleCountPercentile: choice }
}

/**
 * Reads PutMetricAlarm's input.
 *
 * @param now in ms since the epoch
 * @throws ServiceError `ValidationError`, in CloudWatch's words where they are known; 501 naming what we do not have
 */
export const readMetricAlarm = (
  input: Input,
  scope: Scope,
  queries: Pick<Queries, 'describe'>,
  now: number,
): MetricAlarm => {
  const name = checkAlarmName(input.AlarmName)
  checkDescription(input.AlarmDescription)
  refuseUnavailable(input)
  const operator = checkEnum(input.ComparisonOperator, 'comparisonOperator', OPERATORS)
  if (operator === undefined) throw validationError('ComparisonOperator must not be null')
  const { EvaluationPeriods: evaluationPeriods, DatapointsToAlarm: datapointsToAlarm } = input
  if (evaluationPeriods === undefined) throw validationError('EvaluationPeriods must not be null')
  checkLeast(evaluationPeriods, 'evaluationPeriods', 1)
  checkLeast(datapointsToAlarm, 'datapointsToAlarm', 1)
  if (datapointsToAlarm !== undefined && datapointsToAlarm > evaluationPeriods) {
    throw validationError('DatapointsToAlarm must be less than or equal to EvaluationPeriods')
  }
  const treatMissingData = oneOf(input.TreatMissingData, 'TreatMissingData', TREATMENTS)
  if (JSON.stringify(input).length > MAX_PAYLOAD) {
    throw validationError(`The request must not exceed ${MAX_PAYLOAD} bytes`)
  }
  const threshold = readThreshold(input, operator)
  const alarm: MetricAlarm = {
    type: 'MetricAlarm',
    name,
    ...(input.AlarmDescription !== undefined && { description: input.AlarmDescription }),
    actionsEnabled: input.ActionsEnabled ?? true,
    okActions: readActions(input.OKActions, 'oKActions', scope, 'MetricAlarm'),
    alarmActions: readActions(input.AlarmActions, 'alarmActions', scope, 'MetricAlarm'),
    insufficientDataActions: readActions(
      input.InsufficientDataActions,
      'insufficientDataActions',
      scope,
      'MetricAlarm',
    ),
    ...(input.Metrics?.length ? readQueries(input, scope, queries) : readSingleMetric(input)),
    ...threshold,
    comparisonOperator: operator,
    evaluationPeriods,
    ...(datapointsToAlarm !== undefined && { datapointsToAlarm }),
    ...(treatMissingData && { treatMissingData }),
    ...readLowSamples(input),
    ...(input.EvaluationWindow && { slidingWindow: true }),
    ...readWarmUp(input),
    updated: now,
    tags: readTags(input.Tags),
  }
  const period = periodOf(alarm)
  checkSpan(period, evaluationPeriods)
  if (comparesWithBand(operator) && period < 60) {
    throw validationError('Period must be a multiple of 60 for alarms based on anomaly detection models')
  }
  return alarm
}
