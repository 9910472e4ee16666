/**
 * What one nested capture costs in CPU, emission over UDP included, against aws-xray-sdk-core and the OpenTelemetry SDK's
 * bare span (no exporter). One process per tracer, one after the other; `node capture.ts` prints a JSON line for each.
 */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** Nested captures in one request, in the shape of a prediction with a loop. */
const CAPTURES = 50
const REQUESTS = 4000
const WARM_UP = 1000

type Request = () => Promise<void> | void

/** Each tracer does the same: a root with five captures that hold nine each. */
const GROUPS = 5
const LEAVES = CAPTURES / GROUPS - 1

const workload = (capture: (name: string, run: () => void) => void): void => {
  for (let group = 0; group < GROUPS; group++) {
    capture('## predict', () => {
      for (let leaf = 0; leaf < LEAVES; leaf++) capture('## step', () => {})
    })
  }
}

const tracers: Record<string, () => Promise<Request>> = {
  '@sonde/trace': async () => {
    const { capture, flush, segment } = await import('../src/index.ts')
    return async () => {
      segment('bench', () => workload((name, run) => capture(name, run)))
      await flush()
    }
  },
  'aws-xray-sdk-core': async () => {
    const xray = createRequire(import.meta.url)('aws-xray-sdk-core')
    return () => {
      const root = new xray.Segment('bench')
      xray.getNamespace().run(() => {
        xray.setSegment(root)
        workload((name, run) => xray.captureFunc(name, run))
      })
      root.close()
    }
  },
  '@opentelemetry/sdk-trace-node': async () => {
    const { NodeTracerProvider } = await import('@opentelemetry/sdk-trace-node')
    const provider = new NodeTracerProvider()
    provider.register()
    const tracer = provider.getTracer('bench')
    const capture = (name: string, run: () => void): void =>
      tracer.startActiveSpan(name, span => {
        run()
        span.end()
      })
    return () => capture('bench', () => workload(capture))
  },
}

const measure = async (name: string): Promise<void> => {
  const request = await tracers[name]?.()
  if (!request) throw new Error(`No tracer ${name}`)
  const repeat = async (times: number): Promise<void> => {
    for (let index = 0; index < times; index++) {
      await request()
      // Lets sockets and immediates have their turn, for every tracer alike.
      if (index % 10 === 0) await new Promise(resolve => setImmediate(resolve))
    }
  }
  await repeat(WARM_UP)
  const before = process.cpuUsage()
  await repeat(REQUESTS)
  const { user, system } = process.cpuUsage(before)
  const microseconds = (user + system) / REQUESTS / CAPTURES
  process.stdout.write(
    `${JSON.stringify({ tracer: name, cpuMicrosecondsPerCapture: Number(microseconds.toFixed(3)) })}\n`,
  )
}

const [only] = process.argv.slice(2)
if (only) {
  await measure(only)
  process.exit(0)
}
const { createSocket } = await import('node:dgram')
const daemon = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 })
await new Promise<void>(resolve => daemon.bind(0, '127.0.0.1', resolve))
for (const name of Object.keys(tracers)) {
  spawnSync(process.execPath, [join(import.meta.dirname, 'capture.ts'), name], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}`,
      AWS_XRAY_CONTEXT_MISSING: 'IGNORE_ERROR',
    },
  })
}
daemon.close()
