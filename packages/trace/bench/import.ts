/**
 * What importing the tracer, as it is built and then bundled, costs a cold start, against aws-xray-sdk-core and the OpenTelemetry SDK, each bundled
 * and minified by esbuild, each in fresh processes, in turn. `node bench/import.ts` prints medians in milliseconds; `net`
 * is without what an empty file takes, which a function's own file costs anyway.
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { buildLayer } from '../scripts/build-layer.ts'

const ROUNDS = 41

const SUBJECTS: Readonly<Record<string, string>> = {
  nothing: '',
  '@sonde/trace, captures alone': `import { capture, captured, wrapHandler } from '@sonde/trace'; globalThis.used = [capture, captured, wrapHandler]`,
  '@sonde/trace': `import { capture, instrument } from '@sonde/trace'; globalThis.used = [capture, instrument]`,
  '@sonde/trace, instrumented': `import { capture, instrument } from '@sonde/trace'; instrument(); globalThis.used = capture`,
  '@sonde/trace and its OpenTelemetry part': `import { capture } from '@sonde/trace'; import { register } from '@sonde/trace/otel'; globalThis.used = [capture, register]`,
  'aws-xray-sdk-core': `globalThis.used = require('aws-xray-sdk-core')`,
  '@opentelemetry/sdk-trace-node': `import * as sdk from '@opentelemetry/sdk-trace-node'; globalThis.used = sdk`,
}

const directory = await mkdtemp(join(tmpdir(), 'trace-import-'))
// As users have it: the built package, not its sources.
const layer = await buildLayer(join(directory, 'layer'))
const files = new Map<string, string>()
for (const [index, [name, contents]] of Object.entries(SUBJECTS).entries()) {
  const outfile = join(directory, `${index}.cjs`)
  await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    minify: true,
    alias: {
      '@sonde/trace': join(layer, 'esm', 'index.js'),
      '@sonde/trace/otel': join(layer, 'esm', 'otel.js'),
    },
    logLevel: 'error',
  })
  files.set(name, outfile)
}
const runner = join(directory, 'runner.cjs')
// Lambda's runtime has these loaded before it loads a function.
await writeFile(
  runner,
  `require('node:http'); require('node:async_hooks'); require('node:crypto')
const start = performance.now()
require(process.argv[2])
process.stdout.write(String(performance.now() - start))`,
)

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
const times = new Map<string, number[]>([...files.keys()].map(name => [name, []]))
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, file] of files) {
    const { stdout } = spawnSync(process.execPath, [runner, file], { encoding: 'utf8' })
    times.get(name)?.push(Number(stdout))
  }
}
const empty = median(times.get('nothing') ?? [])
for (const [name, file] of files) {
  const milliseconds = median(times.get(name) ?? [])
  const { size } = await stat(file)
  const row = {
    import: name,
    milliseconds: milliseconds.toFixed(2),
    net: (milliseconds - empty).toFixed(2),
    bytes: size,
  }
  process.stdout.write(`${JSON.stringify(row)}\n`)
}
await rm(directory, { recursive: true })
