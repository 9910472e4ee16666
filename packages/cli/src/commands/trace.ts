import { BatchGetTracesCommand, XRayClient } from '@aws-sdk/client-xray'
import { clientOptions } from '../clients.ts'
import { type Arguments, type Command, UsageError } from '../command.ts'
import { findPlace, PLACE_OPTIONS } from '../place.ts'
import type { Terminal } from '../terminal.ts'
import { rowsOf } from '../traces/span-tree.ts'
import { duration, renderWaterfall } from '../traces/waterfall.ts'

const DEFAULT_COLUMNS = 120

const trace = async (arguments_: Arguments, terminal: Terminal): Promise<number> => {
  const [id] = arguments_.operands
  if (!id) throw new UsageError('Which trace? Their ids are listed by: sonde traces')
  if (!/^1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(id))
    throw new UsageError(`${id} is no trace id, such as 1-5759e988-bd862e3fe1be46a994272793.`)
  const place = await findPlace(arguments_)
  const client = new XRayClient(clientOptions(place))
  try {
    const { Traces = [] } = await client.send(new BatchGetTracesCommand({ TraceIds: [id] }))
    const [found] = Traces
    if (!found) throw new UsageError(`There is no trace ${id}. It may not be sampled; why: sonde doctor`)
    const documents = (found.Segments ?? []).map(({ Document = '{}' }) => JSON.parse(Document))
    if (arguments_.flag('json')) {
      terminal.print(JSON.stringify(documents, undefined, 2))
      return 0
    }
    const rows = rowsOf(documents)
    const plural = rows.length === 1 ? '' : 's'
    terminal.print(
      `${id}  ${duration((found.Duration ?? 0) * 1_000)}  ${rows.length} segment${plural} and subsegments\n`,
    )
    for (const line of renderWaterfall(rows, process.stdout.columns ?? DEFAULT_COLUMNS, terminal))
      terminal.print(line)
    return 0
  } finally {
    client.destroy()
  }
}

export const traceCommand: Command = {
  summary: 'draw one trace as a waterfall',
  operands: '<id>',
  description: [
    'Draws the segments and subsegments of a trace on one time scale: green ok, amber cold start, red fault,',
    'magenta error, blue throttle; annotations and exceptions below.',
  ].join('\n'),
  options: { ...PLACE_OPTIONS, json: { type: 'boolean', help: 'Print the segment documents instead' } },
  run: trace,
}
