import { CloudWatchClient, DescribeAlarmHistoryCommand, StateValue } from '@aws-sdk/client-cloudwatch'
import { check } from '../alarms/check.ts'
import { explain } from '../alarms/explain.ts'
import { printActions, printAlarm, printHistory, printQuiet, printWindow } from '../alarms/print-alarm.ts'
import { type Alarms, readAlarms, readWatched } from '../alarms/read-alarms.ts'
import { type Arguments, type Command, UsageError } from '../command.ts'
import { AWS_OPTION, findReading, PLACE_OPTIONS } from '../place.ts'
import type { Terminal } from '../terminal.ts'

const STATES = Object.values(StateValue)
const HISTORY = 10
/** Of how many alarms the values are read as well. */
const MOST_DRAWN = 50

const readState = (text: string | undefined): StateValue | undefined => {
  if (text === undefined) return undefined
  const state = STATES.find(known => known === text.toUpperCase())
  if (!state) throw new UsageError(`--state must be one of ${STATES.join(', ')}, not ${text}.`)
  return state
}

const ORDER: readonly string[] = [StateValue.ALARM, StateValue.INSUFFICIENT_DATA, StateValue.OK]

type Work = (client: CloudWatchClient, found: Alarms, terminal: Terminal) => Promise<number> | number

/** What can be done with alarms beside listing them. */
const WORKS: Readonly<Record<string, Work>> = {
  explain: (_client, found, terminal) => {
    explain(found, terminal)
    return 0
  },
  check: async (client, found, terminal) => {
    // What an alarm reaches may have any name.
    const { composite } = await readAlarms(client, undefined, undefined)
    const findings = await check(client, found, composite)
    for (const { alarm, what } of findings) terminal.print(`${terminal.style('bold', alarm)}  ${what}`)
    const count = found.metric.length + found.composite.length
    terminal.warn(
      findings.length === 0
        ? `${count} alarms, nothing found.`
        : `${findings.length} findings in ${count} alarms`,
    )
    return findings.length === 0 ? 0 : 1
  },
}

const alarms = async (arguments_: Arguments, terminal: Terminal): Promise<number> => {
  const [first] = arguments_.operands
  const work = first !== undefined && Object.hasOwn(WORKS, first) ? WORKS[first] : undefined
  const [name, ...more] = arguments_.operands.slice(work ? 1 : 0)
  if (more.length > 0) throw new UsageError('One name, or the beginning of several: sonde alarms [name]')
  const state = readState(arguments_.text('state'))
  const reading = await findReading(arguments_)
  const client = new CloudWatchClient(reading.options)
  try {
    const { metric, composite } = await readAlarms(client, name, state)
    const all = [...composite, ...metric].sort(
      (a, b) => ORDER.indexOf(a.StateValue ?? '') - ORDER.indexOf(b.StateValue ?? ''),
    )
    if (all.length === 0) {
      terminal.warn(name || state ? 'No alarm matches. All of them: sonde alarms' : 'No alarms yet.')
      return 0
    }
    if (work) return await work(client, { metric, composite }, terminal)
    const now = await reading.now()
    const drawn = await Promise.all(
      all.map((alarm, index) =>
        index < MOST_DRAWN && !('AlarmRule' in alarm) ? readWatched(client, alarm, now) : undefined,
      ),
    )
    for (const [index, alarm] of all.entries()) {
      const watched = drawn[index]
      const quiet = all.length > 1 && alarm.StateValue === StateValue.OK
      if (quiet) printQuiet(alarm, watched, terminal)
      else printAlarm(alarm, watched, terminal)
      if (all.length > 1) continue
      if (watched) printWindow(watched, terminal)
      printActions(alarm, terminal)
      const { AlarmHistoryItems = [] } = await client.send(
        new DescribeAlarmHistoryCommand({
          AlarmName: alarm.AlarmName,
          AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
          MaxRecords: HISTORY,
        }),
      )
      printHistory(AlarmHistoryItems, terminal)
    }
    return 0
  } finally {
    client.destroy()
  }
}

export const alarmsCommand: Command = {
  summary: 'list alarms: state, why, and the values they look at',
  operands: '[explain | check] [name]',
  description: [
    'Lists the alarms whose name begins so, those in ALARM first: state, reason, values and rule of those that are not OK.',
    'Where one alarm matches, also each period it looks at, its actions and what became of it.',
    '',
    '  sonde alarms',
    '  sonde alarms --state alarm',
    '  sonde alarms flight-delay-health-check-silent',
    '  sonde alarms explain     what each is for, where its threshold is from, whose it is, what it costs',
    '  sonde alarms check       those on no metric, that can never fire, reach nobody or were never drilled',
  ].join('\n'),
  options: {
    ...PLACE_OPTIONS,
    ...AWS_OPTION,
    state: { type: 'string', value: 'state', help: 'Only those in ALARM, OK or INSUFFICIENT_DATA' },
  },
  run: alarms,
}
