import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Row } from '../table.ts'

const run = promisify(execFile)
const TRACER = join(import.meta.dirname, '..', '..', '..', 'packages', 'trace', 'bench')
/** design: of aws-xray-sdk-core's. */
const SHARE = 8

type Line = Readonly<Record<string, string | number>>

/** Each script measures ours and the peers in one process run, and prints a JSON line for each. */
const measure = async (script: string): Promise<Line[]> => {
  const { stdout } = await run(process.execPath, [join(TRACER, script)])
  return stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Line)
}

const figure = (lines: readonly Line[], key: string, name: string, value: string): number =>
  Number(lines.find(line => line[key] === name)?.[value])

/** The tracer's import (as the layer and bundles have it) and one nested capture, against AWS's SDK and OpenTelemetry's. */
export const tracer = async (): Promise<Row[]> => {
  const imports = await measure('import.ts')
  const captures = await measure('capture.ts')
  const imported = (name: string) => figure(imports, 'import', name, 'net')
  const captured = (name: string) => figure(captures, 'tracer', name, 'cpuMicrosecondsPerCapture')
  const ours = imported('@sonde/trace')
  const aws = imported('aws-xray-sdk-core')
  const capture = captured('@sonde/trace')
  const awsCapture = captured('aws-xray-sdk-core')
  const otelSpan = captured('@opentelemetry/sdk-trace-node')
  return [
    {
      what: 'import of the bundled tracer, beyond an empty file',
      ours: `${ours.toFixed(2)} ms`,
      peer: `aws-xray-sdk-core: ${aws.toFixed(1)} ms, OTel SDK: ${imported('@opentelemetry/sdk-trace-node').toFixed(1)} ms`,
      budget: `≤ 1/${SHARE} of AWS's: 1/${(aws / ours).toFixed(1)}`,
      kept: ours <= aws / SHARE,
    },
    {
      what: 'one nested capture with emission, CPU',
      ours: `${capture.toFixed(2)} µs`,
      peer: `aws-xray-sdk-core: ${awsCapture.toFixed(1)} µs, OTel SDK's bare span: ${otelSpan.toFixed(2)} µs`,
      budget: `≤ 1/${SHARE} of AWS's, below OTel: 1/${(awsCapture / capture).toFixed(1)}`,
      kept: capture <= awsCapture / SHARE && capture < otelSpan,
    },
  ]
}
