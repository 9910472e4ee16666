import type { AlarmHistoryItem, CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch'
import { valuesOf } from '../metrics/read-series.ts'
import { sparkline, valueText } from '../metrics/sparkline.ts'
import type { Terminal } from '../terminal.ts'
import type { Watched } from './read-alarms.ts'
import { ruleText } from './rule-text.ts'

type Style = Parameters<Terminal['style']>[0]

const STATES: Readonly<Record<string, readonly [text: string, style: Style]>> = {
  ALARM: ['ALARM', 'red'],
  OK: ['OK', 'green'],
  INSUFFICIENT_DATA: ['NO DATA', 'yellow'],
}
const STATE_WIDTH = 7
const CELLS = 40

const stateText = (state: string | undefined, terminal: Terminal): string => {
  const [text, style] = STATES[state ?? ''] ?? [String(state), 'dim']
  return terminal.style(style, text.padEnd(STATE_WIDTH))
}

const timeText = (time: Date | undefined): string => time?.toISOString().slice(0, 19).replace('T', ' ') ?? ''

const lineOf = ({ values, window }: Watched): string =>
  values ? sparkline(valuesOf(values, window), CELLS) : ''

/** An alarm that is well, in one line. */
export const printQuiet = (
  { AlarmName = '', StateValue }: MetricAlarm | CompositeAlarm,
  watched: Watched | undefined,
  terminal: Terminal,
): void => {
  const line = watched ? terminal.style('cyan', lineOf(watched)) : ''
  terminal.print(`${stateText(StateValue, terminal)} ${AlarmName}  ${line}`)
}

/** An alarm in three lines: state and name, why, the values that it looked at and its rule. */
export const printAlarm = (
  alarm: MetricAlarm | CompositeAlarm,
  watched: Watched | undefined,
  terminal: Terminal,
): void => {
  const { AlarmName = '', StateReason = '', StateTransitionedTimestamp, ActionsEnabled } = alarm
  const since = terminal.style('dim', `since ${timeText(StateTransitionedTimestamp)}`)
  const off = ActionsEnabled === false ? terminal.style('yellow', '  actions off') : ''
  terminal.print(
    `${stateText(alarm.StateValue, terminal)} ${terminal.style('bold', AlarmName)}  ${since}${off}`,
  )
  terminal.print(`        ${StateReason}`)
  if (watched?.values) {
    terminal.print(
      `        ${terminal.style('cyan', lineOf(watched))}  ${terminal.style('dim', ruleText(alarm))}`,
    )
  } else terminal.print(`        ${terminal.style('dim', ruleText(alarm))}`)
}

const bandText = ({ band }: Watched, time: number): string => {
  const bounds = band.map(({ points }) => points.get(time)).filter(value => value !== undefined)
  return bounds.length === 2
    ? `  band ${valueText(Math.min(...bounds))} to ${valueText(Math.max(...bounds))}`
    : ''
}

/** Every period that an alarm looks at, from old to new. */
export const printWindow = (watched: Watched, terminal: Terminal): void => {
  const { window, values } = watched
  terminal.print('')
  for (let time = window.start; time < window.end; time += window.period) {
    const value = values?.points.get(time)
    const text = value === undefined ? terminal.style('dim', 'missing') : valueText(value)
    terminal.print(`  ${new Date(time).toISOString().slice(0, 19)}Z  ${text}${bandText(watched, time)}`)
  }
}

/** What became of an alarm, newest first. */
export const printHistory = (items: readonly AlarmHistoryItem[], terminal: Terminal): void => {
  if (items.length > 0) terminal.print('')
  for (const { Timestamp, HistorySummary = '' } of items) {
    terminal.print(`  ${terminal.style('dim', timeText(Timestamp))}  ${HistorySummary}`)
  }
}

/** Where an alarm's transitions go. */
export const printActions = (alarm: MetricAlarm | CompositeAlarm, terminal: Terminal): void => {
  const lists = [
    ['ALARM', alarm.AlarmActions],
    ['OK', alarm.OKActions],
    ['INSUFFICIENT_DATA', alarm.InsufficientDataActions],
  ] as const
  const lines = lists.flatMap(([state, arns = []]) => arns.map(arn => `  on ${state}: ${arn}`))
  terminal.print('')
  for (const line of lines.length > 0 ? lines : ['  no actions']) terminal.print(line)
}
