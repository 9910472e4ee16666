import { paginateGetTraceSummaries, type TraceSummary, XRayClient } from '@aws-sdk/client-xray'
import { clientOptions } from '../clients.ts'
import { type Arguments, type Command, UsageError } from '../command.ts'
import { findPlace, nowAt, PLACE_OPTIONS } from '../place.ts'
import { parseSpan } from '../span.ts'
import type { Terminal } from '../terminal.ts'
import { duration } from '../traces/waterfall.ts'

const DEFAULT_LIMIT = 20
const LARGEST_LIMIT = 10_000
/** X-Ray takes windows of six hours at most. */
const LONGEST_SPAN = 6 * 3_600_000

const flagOf = ({ HasFault, HasError, HasThrottle, IsPartial }: TraceSummary, terminal: Terminal): string => {
  if (HasThrottle) return terminal.style('blueBright', 'throttle')
  if (HasFault) return terminal.style('red', 'fault')
  if (HasError) return terminal.style('magenta', 'error')
  return IsPartial ? terminal.style('dim', 'partial') : terminal.style('green', 'ok')
}

const lineOf = (summary: TraceSummary, terminal: Terminal): string => {
  const { Id = '', ResponseTime = 0, Duration = 0, Http = {}, StartTime } = summary
  const time = (StartTime ?? new Date(Number.parseInt(Id.split('-')[1] ?? '0', 16) * 1_000))
    .toISOString()
    .slice(11, 23)
  const request = [Http.HttpStatus, Http.HttpMethod, Http.HttpURL].filter(Boolean).join(' ')
  return `${time}  ${Id}  ${duration((ResponseTime || Duration) * 1_000).padStart(9)}  ${flagOf(summary, terminal)}  ${request}`
}

const read = async (
  client: XRayClient,
  end: number,
  span: number,
  filter: string | undefined,
  limit: number,
) => {
  const found: TraceSummary[] = []
  const pages = paginateGetTraceSummaries(
    { client },
    {
      StartTime: new Date(end - span),
      EndTime: new Date(end),
      ...(filter && { FilterExpression: filter }),
    },
  )
  for await (const { TraceSummaries = [] } of pages) {
    found.push(...TraceSummaries)
    if (found.length >= limit) break
  }
  return found
    .sort(
      (a, b) => Number(b.StartTime ?? 0) - Number(a.StartTime ?? 0) || ((a.Id ?? '') < (b.Id ?? '') ? 1 : -1),
    )
    .slice(0, limit)
}

const traces = async (arguments_: Arguments, terminal: Terminal): Promise<number> => {
  const [filter, ...more] = arguments_.operands
  if (more.length > 0)
    throw new UsageError("Put the filter in quotes: sonde traces 'responsetime > 0.2 AND fault = false'")
  const span = Math.min(LONGEST_SPAN, parseSpan(arguments_.text('since') ?? '5m'))
  const limit = arguments_.integer('limit', LARGEST_LIMIT) ?? DEFAULT_LIMIT
  const place = await findPlace(arguments_)
  const client = new XRayClient(clientOptions(place))
  try {
    const found = await read(client, (await nowAt(place)) + 1_000, span, filter, limit)
    for (const summary of found) terminal.print(lineOf(summary, terminal))
    if (found.length === 0) {
      terminal.warn(
        `No traces in the last ${arguments_.text('since') ?? '5m'}${filter ? ' match' : ''}. Why: sonde doctor`,
      )
    }
    return 0
  } catch (error) {
    if ((error as Error).name === 'InvalidRequestException')
      throw new UsageError((error as Error).message, { cause: error })
    throw error
  } finally {
    client.destroy()
  }
}

export const tracesCommand: Command = {
  summary: 'list traces, newest first, by an X-Ray filter expression',
  operands: "['filter']",
  description: [
    'Lists the traces of the last minutes that match an X-Ray filter expression (all where there is none):',
    '',
    "  sonde traces 'responsetime > 0.2'",
    '  sonde traces \'fault = true AND service("flight-delay")\' --since 1h',
    "  sonde traces 'annotation[ColdStart] = true'",
    '',
    'sonde trace <id> draws one.',
  ].join('\n'),
  options: {
    ...PLACE_OPTIONS,
    since: { type: 'string', value: 'span', help: 'How far back: 90s, 5m, 2h. Default 5m, at most 6h' },
    limit: { type: 'string', value: 'count', help: `How many at most. Default ${DEFAULT_LIMIT}` },
  },
  run: traces,
}
