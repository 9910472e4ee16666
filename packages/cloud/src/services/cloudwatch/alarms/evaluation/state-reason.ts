import { javaDouble, reasonTimestamp } from '../java-text.ts'
import type { Assessment, Criteria } from './assessment.ts'
import { COMPARISONS, comparesWithBand, type DataPoint } from './comparison.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html */
const MAX_REASON = 1_023
/** From this many on, the points are not listed within the sentence, and the latest ones alone. */
const LISTED_APART = 5

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
const wasOrWere = (count: number): string => (count === 1 ? 'was' : 'were')

const side = (name: 'lower' | 'upper', word: string, not: string, points: readonly DataPoint[]): string => {
  const thresholds = points.map(point => javaDouble(point[name] ?? Number.NaN)).join(', ')
  return `${not}${word} than the ${name} thresholds [${thresholds}]`
}

/** `greater than the threshold (50.0)`. */
const comparison = ({ operator, threshold }: Criteria, negated: boolean, points: readonly DataPoint[]) => {
  const not = negated ? 'not ' : ''
  const { phrase, lower, upper } = COMPARISONS[operator]
  if (phrase) return `${not}${phrase} the threshold (${javaDouble(threshold)})`
  const sides = [
    ...(lower ? [side('lower', 'less', not, points)] : []),
    ...(upper ? [side('upper', 'greater', not, points)] : []),
  ]
  return sides.join(' or ')
}

const filler = ({ treatment }: Criteria, { filled }: Assessment): string => {
  if (filled === 0) return ''
  const as = treatment === 'breaching' ? 'Breaching' : 'NonBreaching'
  return ` and ${counted(filled, 'missing datapoint')} ${wasOrWere(filled)} treated as [${as}]`
}

/** The least points that the transition takes: M to raise the alarm, N - M + 1 to end it. */
const minimum = ({ evaluationPeriods, toAlarm, toAlarmGiven }: Criteria, { state }: Assessment): string => {
  if (!toAlarmGiven) return ''
  const least = state === 'ALARM' ? toAlarm : evaluationPeriods - toAlarm + 1
  const transition = state === 'ALARM' ? 'OK -> ALARM' : 'ALARM -> OK'
  return ` (minimum ${counted(least, 'datapoint')} for ${transition} transition)`
}

const sentence = (criteria: Criteria, assessment: Assessment): string => {
  const deciding = assessment.counted
    .filter(({ breach }) => breach === (assessment.state === 'ALARM'))
    .map(({ point }) => point)
    .reverse()
  const received = assessment.counted.length
  const periods = counted(criteria.evaluationPeriods, 'period')
  if (received === 0) return `no datapoints were received for ${periods}${filler(criteria, assessment)}`
  if (deciding.length === 0) {
    return `${counted(received, 'datapoint')} ${wasOrWere(received)} received for ${periods}${filler(criteria, assessment)}`
  }
  const number = criteria.toAlarmGiven
    ? `${deciding.length} out of the last ${received + assessment.filled} datapoints`
    : counted(deciding.length, 'datapoint')
  const apart = deciding.length >= LISTED_APART
  const listed = deciding.slice(0, LISTED_APART)
  const list = `[${listed.map(({ time, value }) => `${javaDouble(value)} (${reasonTimestamp(time)})`).join(', ')}]`
  const compared = `${wasOrWere(deciding.length)} ${comparison(criteria, assessment.state === 'OK', listed)}${filler(criteria, assessment)}`
  const text = apart
    ? `${number} ${compared}. The most recent datapoints which crossed the threshold: ${list}`
    : `${number} ${list} ${compared}`
  return `${text}${minimum(criteria, assessment)}`
}

/** Why an alarm is in its state, in CloudWatch's words. At most 1,023 characters. */
export const stateReason = (criteria: Criteria, assessment: Assessment): string => {
  if (assessment.state === 'INSUFFICIENT_DATA') {
    const unknown = criteria.evaluationPeriods
    return `Insufficient Data: ${counted(unknown, 'datapoint')} ${wasOrWere(unknown)} unknown.`
  }
  const head = comparesWithBand(criteria.operator) ? 'Thresholds' : 'Threshold'
  return `${head} Crossed: ${sentence(criteria, assessment)}.`.slice(0, MAX_REASON)
}
