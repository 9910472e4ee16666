/**
 * What importing the bundled tracer costs a cold start, against aws-xray-sdk-core and the OpenTelemetry SDK, each bundled
 * and minified by esbuild, each in fresh processes, in turn. `node bench/import.ts` prints medians in milliseconds.
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'

const ROUNDS = 31

const SUBJECTS: Readonly<Record<string, string>> = {
  nothing: '',
  '@sonde/trace': `import { capture, instrument } from '@sonde/trace'; globalThis.used = [capture, instrument]`,
  '@sonde/trace, instrumented': `import { capture, instrument } from '@sonde/trace'; instrument(); globalThis.used = capture`,
  '@sonde/trace and its OpenTelemetry part': `import { capture } from '@sonde/trace'; import { register } from '@sonde/trace/otel'; globalThis.used = [capture, register]`,
  'aws-xray-sdk-core': `globalThis.used = require('aws-xray-sdk-core')`,
  '@opentelemetry/sdk-trace-node': `import * as sdk from '@opentelemetry/sdk-trace-node'; globalThis.used = sdk`,
}

const directory = await mkdtemp(join(tmpdir(), 'trace-import-'))
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
for (const [name, file] of files) {
  const milliseconds = median(times.get(name) ?? [])
  const { size } = await stat(file)
  process.stdout.write(
    `${JSON.stringify({ import: name, medianMilliseconds: Number(milliseconds.toFixed(2)), bundleBytes: size })}\n`,
  )
}
await rm(directory, { recursive: true })
