/** Programs that know nothing of Sonde, with the tracers of others, into one store and found there by filters. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { GetTraceSummariesCommand, XRayClient } from '@aws-sdk/client-xray'
import { SpanKind } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestCloud } from '../testing.ts'

const run = promisify(execFile)

let cloud: Awaited<ReturnType<typeof startTestCloud>>
beforeAll(async () => {
  cloud = await startTestCloud()
})
afterAll(() => cloud.stop())

const find = async (filter: string): Promise<string[]> => {
  const { TraceSummaries = [] } = await new XRayClient(cloud.client).send(
    new GetTraceSummariesCommand({
      StartTime: new Date(Date.now() - 60_000),
      EndTime: new Date(Date.now() + 1_000),
      FilterExpression: filter,
    }),
  )
  return TraceSummaries.map(({ Id = '' }) => Id)
}

const hasPythonSdk = await run('python3', ['-c', 'import aws_xray_sdk']).then(
  () => true,
  () => false,
)

describe.skipIf(!hasPythonSdk)("AWS's X-Ray SDK for Python (skipped where it is not installed)", () => {
  it('traces by UDP, with captures, annotations and faults', async () => {
    const program = `
from aws_xray_sdk.core import xray_recorder
xray_recorder.configure(service='python-batch', sampling=False)
with xray_recorder.in_segment('python-batch') as segment:
    segment.put_annotation('airline', 'AA')
    with xray_recorder.capture('## predict'):
        pass
print(segment.trace_id)
`
    const { stdout } = await run('python3', ['-c', program], {
      env: { PATH: process.env.PATH, AWS_XRAY_DAEMON_ADDRESS: cloud.daemonAddress },
    })
    await expect
      .poll(() => find('service("python-batch") AND annotation[airline] = "AA"'), { timeout: 10_000 })
      .toEqual([stdout.trim()])
    expect(await find('service("python-batch") AND fault = true')).toEqual([])
  })
})

describe('the OpenTelemetry SDK', () => {
  it('traces by OTLP with ids of its own making', async () => {
    const exporter = new OTLPTraceExporter({ url: `${cloud.endpoint}/v1/traces` })
    const provider = new NodeTracerProvider({
      resource: resourceFromAttributes({ 'service.name': 'otel-service' }),
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    })
    const tracer = provider.getTracer('test')
    // Of random ids, two in five would be "too old" if their first digits were taken for a time.
    const sent = Array.from({ length: 20 }, () => {
      const span = tracer.startSpan('GET /predictions', {
        kind: SpanKind.SERVER,
        attributes: {
          'http.request.method': 'GET',
          'url.path': '/predictions',
          'http.response.status_code': 503,
        },
      })
      span.end()
      const { traceId } = span.spanContext()
      return `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`
    })
    await provider.forceFlush()
    await expect
      .poll(async () => (await find('service("otel-service") AND http.status = 503')).sort(), {
        timeout: 10_000,
      })
      .toEqual(sent.sort())
    await provider.shutdown()
  })
})
