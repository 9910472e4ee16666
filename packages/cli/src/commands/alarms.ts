import { CloudWatchClient, DescribeAlarmHistoryCommand, StateValue } from '@aws-sdk/client-cloudwatch'
import { printActions, printAlarm, printHistory, printWindow } from '../alarms/print-alarm.ts'
import { readAlarms, readWatched } from '../alarms/read-alarms.ts'
import { clientOptions } from '../clients.ts'
import { type Arguments, type Command, UsageError } from '../command.ts'
import { findPlace, nowAt, PLACE_OPTIONS } from '../place.ts'
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

const alarms = async (arguments_: Arguments, terminal: Terminal): Promise<number> => {
  const [name, ...more] = arguments_.operands
  if (more.length > 0) throw new UsageError('One name, or the beginning of several: sonde alarms [name]')
  const state = readState(arguments_.text('state'))
  const place = await findPlace(arguments_)
  const client = new CloudWatchClient(clientOptions(place))
  try {
    const { metric, composite } = await readAlarms(client, name, state)
    const all = [...composite, ...metric].sort(
      (a, b) => ORDER.indexOf(a.StateValue ?? '') - ORDER.indexOf(b.StateValue ?? ''),
    )
    if (all.length === 0) {
      terminal.warn(name || state ? 'No alarm matches. All of them: sonde alarms' : 'No alarms yet.')
      return 0
    }
    const now = await nowAt(place)
    for (const [index, alarm] of all.entries()) {
      const drawn = index < MOST_DRAWN && !('AlarmRule' in alarm)
      const watched = drawn ? await readWatched(client, alarm, now) : undefined
      printAlarm(alarm, watched, terminal)
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
  operands: '[name]',
  description: [
    'Lists the alarms whose name begins so, those in ALARM first: state, reason, values and rule.',
    'Where one alarm matches, also each period it looks at, its actions and what became of it.',
    '',
    '  sonde alarms',
    '  sonde alarms --state alarm',
    '  sonde alarms flight-delay-probe-silent',
  ].join('\n'),
  options: {
    ...PLACE_OPTIONS,
    state: { type: 'string', value: 'state', help: 'Only those in ALARM, OK or INSUFFICIENT_DATA' },
  },
  run: alarms,
}
