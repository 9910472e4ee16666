import { type ClockRequest, partsOf, readClockRequest } from '../clock/clock-request.ts'
import { type Arguments, type Command, UsageError } from '../command.ts'
import { findPlace, PLACE_OPTIONS } from '../place.ts'
import { seconds, type Terminal } from '../terminal.ts'

interface ClockState {
  readonly mode: 'real' | 'scaled' | 'stepped'
  readonly time: string
  readonly speed: number
}

const ask = async (endpoint: string, request?: ClockRequest): Promise<ClockState> => {
  const response = await fetch(`${endpoint}/_sonde/clock`, {
    ...(request && { method: 'POST', body: JSON.stringify(request) }),
  })
  const answer = (await response.json()) as ClockState & { readonly message?: string }
  if (!response.ok) throw new UsageError(answer.message ?? `The clock answered ${response.status}.`)
  return answer
}

const describe = ({ mode, time, speed }: ClockState): string => {
  if (mode === 'real') return `${time}  the machine's time`
  return mode === 'scaled' ? `${time}  ${speed} times as fast` : `${time}  stepped: moves by advance alone`
}

const clock = async (arguments_: Arguments, terminal: Terminal): Promise<number> => {
  const request = readClockRequest(arguments_.operands)
  const { endpoint } = await findPlace(arguments_)
  if (request?.advance === undefined) {
    terminal.print(describe(await ask(endpoint, request)))
    return 0
  }
  const began = performance.now()
  const parts = partsOf(request.advance)
  let state = await ask(endpoint)
  if (state.mode !== 'stepped')
    throw new UsageError('Only a stepped clock is advanced. Stop it first: sonde clock step')
  for (const [index, advance] of parts.entries()) {
    state = await ask(endpoint, { advance })
    if (parts.length > 1) terminal.warn(`${state.time}  ${index + 1} of ${parts.length}`)
  }
  terminal.print(`${describe(state)}, took ${seconds(performance.now() - began)}`)
  return 0
}

export const clockCommand: Command = {
  summary: "the cloud's time: stop it, step it, speed it up",
  operands: '[real | speed <factor> | step [time] | advance <span>]',
  description: [
    'Shows or drives the clock that schedules, metric periods, alarms and retention follow:',
    '',
    '  sonde clock                             what time it is in the cloud',
    '  sonde clock step 2030-01-01T00:00:00Z   stops it there',
    '  sonde clock advance 5m                  everything due in five minutes happens now, in order',
    '  sonde clock speed 60                    an hour a minute',
    "  sonde clock real                        back to the machine's time",
    '',
    'Functions and model servers take the time they take: a stepped clock waits for them.',
  ].join('\n'),
  options: PLACE_OPTIONS,
  run: clock,
}
