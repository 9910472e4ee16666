import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { cloudwatchAlarms } from './measures/cloudwatch-alarms.ts'
import { cloudwatchMetrics } from './measures/cloudwatch-metrics.ts'
import { gatewayToFunction } from './measures/gateway-function.ts'
import { prediction } from './measures/prediction.ts'
import { tracer } from './measures/tracer.ts'
import { xray } from './measures/xray.ts'
import { type Row, renderTable } from './table.ts'

const CACHE = join(import.meta.dirname, '..', 'node_modules', '.cache')
const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** By the name that selects one: `npm run bench prediction`. */
const MEASURES: Readonly<Record<string, () => Promise<Row[]>>> = {
  gateway: () => gatewayToFunction(CACHE, print),
  alarms: () => cloudwatchAlarms(print),
  metrics: () => cloudwatchMetrics(print),
  prediction,
  tracer,
  xray,
}

const asked = process.argv.slice(2)
const unknown = asked.filter(name => !Object.hasOwn(MEASURES, name))
if (unknown.length > 0) {
  process.stderr.write(`No measure ${unknown.join(', ')}. There is: ${Object.keys(MEASURES).join(', ')}\n`)
  process.exit(1)
}

const rows: Row[] = []
for (const [name, measure] of Object.entries(MEASURES)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  print(`Measuring ${name} …`)
  try {
    rows.push(...(await measure()))
  } catch (error) {
    process.exitCode = 1
    print(`${name} failed: ${(error as Error).message}`)
  }
}
const [cpu] = cpus()
print(
  `\n${cpus().length} × ${cpu?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}\n`,
)
print(renderTable(rows))
