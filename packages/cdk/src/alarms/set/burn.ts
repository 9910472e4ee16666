import { ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { Duration } from 'aws-cdk-lib/core'
import { metricOf } from '../../metrics/metric.ts'
import { availabilityWindows, type BurnWindow, latencyWindows } from '../../sla/burn-rates.ts'
import { rounded } from '../../sla/service-level-agreement.ts'
import type { AlarmDefinition, Silence } from '../definition.ts'
import { SILENCE_OWNER } from './health-check.ts'
import type { Subjects } from './subjects.ts'

/** Fewer bad requests than this say nothing about a rate: with little traffic one error is a large share. */
const LEAST_BAD = 3
/** Fewer requests than this say nothing about a share of slow ones. */
const LEAST_REQUESTS = 30

/** Which of a pair's two windows. */
type Part = 'long' | 'short'
const PARTS: readonly Part[] = ['long', 'short']

/** A pair of windows that alarm together: one alarm of the set. */
export interface BurnPair {
  readonly key: string
  readonly subject: 'availability' | 'latency'
  readonly window: BurnWindow
  readonly meaning: string
  readonly derivation: string
  readonly silence: Silence
  readonly parts: readonly AlarmDefinition[]
}

const spanText = (minutes: number): string => (minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`)

const percent = (share: number): string => `${rounded(share * 100)} %`

const pairOf = (
  subject: 'availability' | 'latency',
  window: BurnWindow,
  metricIn: (period: Duration) => MathExpression,
  what: string,
  budget: number,
  days: number,
): BurnPair => {
  const key = `${subject}-burn-${window.key}`
  const meaning = `${what} ${window.rate} times as fast as the agreement allows.`
  const derivation =
    `${percent(budget)} may be bad in ${days} days; ${window.rate} times that is ${percent(window.threshold)}. ` +
    `${spanText(window.long)} of it consume ${percent(window.consumed)} of the budget. ` +
    `${spanText(window.short)} must show it too, so that the alarm ends soon after the cause.`
  const silence = { ownedBy: SILENCE_OWNER }
  const parts = PARTS.map(
    (part): AlarmDefinition => ({
      key: `${key}-${part}`,
      meaning,
      urgency: window.urgency,
      metric: metricIn(Duration.minutes(window[part])),
      operator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: window.threshold,
      // One period as long as the window slides with every evaluation.
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      silence,
      derivation,
      part: true,
    }),
  )
  return { key, subject, window, meaning, derivation, silence, parts }
}

/** Pairs of alarms on the share of failed requests. */
export const availabilityBurn = ({ api, objectives }: Subjects): BurnPair[] => {
  const dimensions = { ApiName: api.apiName, Stage: api.stageName }
  const ratio = (period: Duration): MathExpression =>
    new MathExpression({
      expression: `IF(bad >= ${LEAST_BAD}, bad / total, 0)`,
      usingMetrics: {
        bad: metricOf('AWS/ApiGateway', '5XXError', dimensions, { statistic: 'Sum', period }),
        total: metricOf('AWS/ApiGateway', 'Count', dimensions, { statistic: 'SampleCount', period }),
      },
      label: 'share of failed requests',
      period,
    })
  const { errorBudget, days } = objectives
  return availabilityWindows(errorBudget, days).map(window =>
    pairOf('availability', window, ratio, 'Requests fail', errorBudget, days),
  )
}

/** Pairs of alarms on the share of slow requests. */
export const latencyBurn = ({ api, objectives }: Subjects): BurnPair[] => {
  const dimensions = { ApiName: api.apiName, Stage: api.stageName }
  const share = (period: Duration): MathExpression =>
    new MathExpression({
      expression: `IF(total >= ${LEAST_REQUESTS}, (100 - fast) / 100, 0)`,
      usingMetrics: {
        fast: metricOf('AWS/ApiGateway', 'Latency', dimensions, {
          statistic: `PR(:${objectives.latency})`,
          period,
        }),
        total: metricOf('AWS/ApiGateway', 'Latency', dimensions, { statistic: 'SampleCount', period }),
      },
      label: 'share of slow requests',
      period,
    })
  const { slowBudget, days, latency } = objectives
  return latencyWindows(slowBudget, days).map(window =>
    pairOf('latency', window, share, `Requests take longer than ${latency} ms`, slowBudget, days),
  )
}
