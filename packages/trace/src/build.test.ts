/** The package as it is used: built, loaded by both module systems, bundled and minified. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildLayer, ENTRIES } from '../scripts/build-layer.ts'
import { startDaemon } from './testing/daemon.ts'
import { startServer } from './testing/http-server.ts'
import { lambdaInvocation } from './testing/lambda-environment.ts'

const invocation = lambdaInvocation()
let directory: string
let layer: string
let daemon: Awaited<ReturnType<typeof startDaemon>>

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sonde-trace-'))
  layer = await buildLayer(join(directory, 'layer'))
})
afterAll(() => rm(directory, { recursive: true }))
beforeEach(async () => {
  daemon = await startDaemon(invocation.environment)
})
afterEach(() => daemon.stop())

const run = (...args: string[]): string => {
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    cwd: join(directory, 'layer', 'nodejs'),
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  if (status !== 0) throw new Error(stderr)
  return stdout.trim()
}

describe('the built package', () => {
  it.each(Object.keys(ENTRIES))('loads %s by import and by require, with the same exports', entry => {
    const name = entry === 'index' ? '@sonde/trace' : `@sonde/trace/${entry}`
    const list = 'Object.keys(m).filter(k => k !== "default" && k !== "module.exports").sort().join()'
    const imported = run(
      '--input-type=module',
      '-e',
      `const m = await import('${name}'); process.stdout.write(${list})`,
    )
    const required = run('-e', `const m = require('${name}'); process.stdout.write(${list})`)
    expect(imported).toBe(required)
  })

  it('shares one context between its ESM and CommonJS files', async () => {
    const code = `
      import { createRequire } from 'node:module'
      import { capture } from '@sonde/trace'
      const { capture: other } = createRequire('${layer}/x.js')('@sonde/trace')
      capture('esm', () => other('cjs', () => capture('esm again', () => {})))`
    run('--input-type=module', '-e', code)
    expect(await daemon.documents()).toMatchObject([
      { name: 'esm', subsegments: [{ name: 'cjs', subsegments: [{ name: 'esm again' }] }] },
    ])
  })

  it('sends a top-level capture of Lambda while that ends, so that a freeze or a kill comes too late', async () => {
    run(
      '--input-type=module',
      '-e',
      `import { capture } from '@sonde/trace'
      capture('opens the socket', () => {})
      setImmediate(() => {
        capture('last words', () => {})
        process.reallyExit(0)
      })`,
    )
    expect((await daemon.documents()).map(({ name }) => name)).toEqual(['opens the socket', 'last words'])
  })

  it('traces what was preloaded by --import, with the AWS SDK found by itself', async () => {
    const server = await startServer((_request, response) => {
      response.setHeader('Content-Type', 'application/x-amz-json-1.0')
      response.end('{}')
    })
    const code = `
      import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
      const client = new DynamoDBClient({ endpoint: '${server.url}', region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
      await client.send(new GetItemCommand({ TableName: 'Flights', Key: { id: { S: '1' } } }))`
    await writeFile(join(directory, 'app.mjs'), code)
    // The SDK is this repository's: a link makes it the app's.
    await symlink(
      join(import.meta.dirname, '..', '..', '..', 'node_modules'),
      join(directory, 'node_modules'),
    )
    const child = spawn(
      process.execPath,
      ['--import', join(layer, 'esm', 'register.js'), join(directory, 'app.mjs')],
      { env: { ...process.env, NODE_OPTIONS: '' }, stdio: ['ignore', 'inherit', 'inherit'] },
    )
    const status = await new Promise(resolve => child.once('exit', resolve))
    await server.stop()
    expect(status).toBe(0)
    expect(await daemon.documents()).toMatchObject([
      { name: 'DynamoDB', namespace: 'aws', aws: { operation: 'GetItem', table_name: 'Flights' } },
    ])
  })
})

const HANDLER = `
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { capture, captured, instrument, wrapHandler } from '@sonde/trace'
instrument({ aws: [DynamoDBClient] })
class Model {
  #weight = 2
  @captured('## predict') async predict(x: number) { return x * this.#weight }
  @captured() static load() { return new Model() }
  @captured('## private') #hidden() { return 1 }
  @captured('## field') field = (x: number) => x + this.#hidden()
}
const client = new DynamoDBClient({ endpoint: process.env.TEST_ENDPOINT, region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
export const handler = wrapHandler(async (n: number) => {
  const model = Model.load()
  await client.send(new GetItemCommand({ TableName: 'Flights', Key: { id: { S: '1' } } }))
  return capture('## all', async () => model.field(await model.predict(n)))
})`

describe('a bundle of esbuild, minified', () => {
  it.each(['esm', 'cjs'] as const)('traces handler, decorators and the AWS SDK in %s', async format => {
    const server = await startServer((_request, response) => {
      response.setHeader('Content-Type', 'application/x-amz-json-1.0')
      response.end('{}')
    })
    const outfile = join(directory, `handler.${format === 'esm' ? 'mjs' : 'cjs'}`)
    await build({
      stdin: { contents: HANDLER, resolveDir: import.meta.dirname, loader: 'ts' },
      outfile,
      format,
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node22',
      logLevel: 'error',
      // What esbuild's own documentation says for CommonJS dependencies in ESM output.
      ...(format === 'esm' && {
        banner: {
          js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);",
        },
      }),
    })
    process.env.TEST_ENDPOINT = server.url
    process.env._HANDLER = 'index.handler'
    const { handler } = (await import(outfile)) as { handler(n: number): Promise<number> }
    expect(await handler(4)).toBe(9)
    await server.stop()
    expect(await daemon.documents()).toMatchObject([
      {
        name: '## index.handler',
        subsegments: [
          { name: 'load' },
          { name: 'DynamoDB', aws: { operation: 'GetItem', table_name: 'Flights', region: 'eu-west-1' } },
          {
            name: '## all',
            subsegments: [
              { name: '## predict' },
              { name: '## field', subsegments: [{ name: '## private' }] },
            ],
          },
        ],
      },
    ])
  })
})
