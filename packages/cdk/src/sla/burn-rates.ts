import { rounded } from './service-level-agreement.ts'

/** How urgent it is: somebody is woken, or somebody looks into it in working hours. */
export type Urgency = 'page' | 'ticket'

/** A pair of windows over which the error budget burns too fast. */
export interface BurnWindow {
  readonly key: 'fast' | 'medium' | 'slow' | 'creeping'
  readonly urgency: Urgency
  /** In minutes. */
  readonly long: number
  /** In minutes: a twelfth of the long one. It ends the alarm soon after the burning ends. */
  readonly short: number
  /** How many times as fast as the budget allows. */
  readonly rate: number
  /** The share of bad requests at that rate. */
  readonly threshold: number
  /** Share of the period's budget that the long window consumes at that rate. */
  readonly consumed: number
}

const HOUR = 60
const DAY = 1_440
/** A window's short companion: a twelfth of it. */
const SHORT = 12

interface Template {
  readonly key: BurnWindow['key']
  readonly urgency: Urgency
  readonly long: number
  /** Share of the budget that may go in the long window before it alarms. */
  readonly consumed: number
  /** The rate where the objective itself bounds it: slow requests burn ten times the budget at most. */
  readonly latencyRate: number
}

/**
 * 2 % of the budget in an hour or 5 % in six wake somebody, 10 % in a day or in three open a ticket.
 *
 * @see https://sre.google/workbook/alerting-on-slos/
 */
const TEMPLATES: readonly Template[] = [
  { key: 'fast', urgency: 'page', long: HOUR, consumed: 0.02, latencyRate: 6 },
  { key: 'medium', urgency: 'page', long: 6 * HOUR, consumed: 0.05, latencyRate: 3 },
  { key: 'slow', urgency: 'ticket', long: DAY, consumed: 0.1, latencyRate: 1.5 },
  { key: 'creeping', urgency: 'ticket', long: 3 * DAY, consumed: 0.1, latencyRate: 1 },
]

const windowOf = (
  { key, urgency, long }: Template,
  rate: number,
  budget: number,
  days: number,
): BurnWindow => ({
  key,
  urgency,
  long,
  short: long / SHORT,
  rate: rounded(rate),
  threshold: rounded(rate * budget),
  consumed: rounded((rate * long) / (days * DAY)),
})

/**
 * The windows of an availability objective: consuming the share f of the budget of P days within w minutes is a burn rate of
 * f · P / w.
 *
 * @param budget share of requests that may fail
 * @throws Error where even a total outage could not burn that fast
 */
export const availabilityWindows = (budget: number, days: number): BurnWindow[] =>
  TEMPLATES.map(template => {
    const window = windowOf(template, (template.consumed * days * DAY) / template.long, budget, days)
    if (window.threshold > 1) {
      throw new Error(
        `An alarm on burning ${window.rate} times as fast as a budget of ${budget * 100} % would need ${rounded(window.threshold * 100)} % errors: it can never fire. Raise sla.availability or shorten sla.period.`,
      )
    }
    return window
  })

/**
 * The windows of a latency objective. Its budget is so large (10 % may be slow) that it can burn at ten times the allowed rate at
 * most: 14.4 could never fire, so the rates are 6, 3, 1.5 and 1.
 *
 * @param budget share of requests that may be slow
 */
export const latencyWindows = (budget: number, days: number): BurnWindow[] =>
  TEMPLATES.map(template => windowOf(template, template.latencyRate, budget, days)).filter(
    ({ threshold }) => threshold <= 1,
  )
