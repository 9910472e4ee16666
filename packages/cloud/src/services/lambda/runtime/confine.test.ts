import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LambdaUnderTest, SCOPE, startLambda, zip } from '../testing/start-lambda.ts'

/** An app of ES modules with dependencies of its own, and the state of the cloud in it. */
const app = mkdtempSync(join(tmpdir(), 'sonde-app-'))
const write = (files: Readonly<Record<string, string>>): void => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(app, name)), { recursive: true })
    writeFileSync(join(app, name), text)
  }
}
const SOURCE = 'exports.handler = async () => 1'
const PACKAGE = (name: string): string => JSON.stringify({ name, main: 'index.js', exports: './index.js' })

let cloud: LambdaUnderTest
let functions = 0

/** What a function of the given files answers: its result, or the text of its error. */
const run = async (files: Readonly<Record<string, string>>, options: object = {}): Promise<unknown> => {
  const name = `f${functions++}`
  await cloud.create(name, SOURCE, { Code: { ZipFile: zip(files) }, Timeout: 10, ...options })
  const { payload } = await cloud.invoke(name)
  return payload
}

beforeAll(async () => {
  write({
    'package.json': '{"type":"module"}',
    'node_modules/of-app/package.json': PACKAGE('of-app'),
    'node_modules/of-app/index.js': "module.exports = 'of the app'",
    'node_modules/in-layer/package.json': PACKAGE('in-layer'),
    'node_modules/in-layer/index.js': "module.exports = 'of the app'",
    'node_modules/@aws-sdk/client-sts/package.json': PACKAGE('@aws-sdk/client-sts'),
    'node_modules/@aws-sdk/client-sts/index.js': "module.exports = 'of the app'",
  })
  cloud = await startLambda(join(app, '.sonde'))
  await cloud.operations.PublishLayerVersion?.(
    {
      LayerName: 'modules',
      Content: {
        ZipFile: zip({
          'nodejs/node_modules/in-layer/package.json': PACKAGE('in-layer'),
          'nodejs/node_modules/in-layer/index.js':
            "let found = 'nothing'; try { found = require('of-app') } catch {}; module.exports = `of the layer, which finds ${found}`",
        }),
      },
    },
    cloud.context,
  )
})
afterAll(async () => {
  await cloud.stop()
  rmSync(app, { recursive: true, force: true })
})

const LAYERS = { Layers: [`arn:aws:lambda:${SCOPE.region}:${SCOPE.account}:layer:modules:1`] }
const MISSING = { errorMessage: expect.stringContaining("'of-app'") }

describe('a function of an app of ES modules', () => {
  it('is CommonJS, as the app’s package.json does not lie above it', async () => {
    expect(await run({ 'index.js': 'exports.handler = async () => typeof require' })).toBe('function')
  })

  it('is an ES module where its own package.json says so', async () => {
    expect(
      await run({
        'package.json': '{"type":"module"}',
        'index.js': 'export const handler = async () => typeof require',
      }),
    ).toBe('undefined')
  })
})

describe('a dependency that is not in the package', () => {
  it.each([
    ['required', { 'index.js': "const a = require('of-app'); exports.handler = async () => a" }],
    [
      'imported by CommonJS',
      { 'index.js': "exports.handler = async () => (await import('of-app')).default" },
    ],
    ['imported', { 'index.mjs': "import a from 'of-app'; export const handler = async () => a" }],
    ['resolved from a path', { 'index.js': "exports.handler = async () => require.resolve('of-app')" }],
    [
      'required by a module of its own',
      {
        'index.mjs':
          "import { createRequire } from 'node:module'; export const handler = async () => createRequire(import.meta.url)('of-app')",
      },
    ],
  ])('is missing though the app has it: %s', async (_how, files) => {
    expect(await run(files)).toMatchObject(MISSING)
  })

  it('is the layer’s where a layer has it, and the layer does not see the app either', async () => {
    const found = 'of the layer, which finds nothing'
    expect(
      await run({ 'index.js': "exports.handler = async () => require('in-layer')" }, LAYERS),
      'required',
    ).toBe(found)
    expect(
      await run({ 'index.mjs': "import l from 'in-layer'; export const handler = async () => l" }, LAYERS),
      'imported',
    ).toBe(found)
  })

  it('is the runtime’s where it is the SDK, not the app’s', async () => {
    const files = {
      'index.js': "exports.handler = async () => typeof require('@aws-sdk/client-sts').STSClient",
    }
    expect(await run(files)).toBe('function')
    expect(
      await run({
        'index.mjs':
          "import { STSClient } from '@aws-sdk/client-sts'; export const handler = async () => typeof STSClient",
      }),
    ).toBe('function')
  })
})

describe('a dependency in the package', () => {
  const own = {
    'node_modules/of-app/package.json': PACKAGE('of-app'),
    'node_modules/of-app/index.js': "module.exports = 'of the package'",
  }
  it.each([
    ['required', { 'index.js': "exports.handler = async () => require('of-app')" }],
    ['imported', { 'index.mjs': "import a from 'of-app'; export const handler = async () => a" }],
    [
      'imported from a folder below',
      {
        'index.mjs': "export { handler } from './src/a.mjs'",
        'src/a.mjs': "import a from 'of-app'; export const handler = async () => a",
      },
    ],
  ])('is found: %s', async (_how, files) => {
    expect(await run({ ...own, ...files })).toBe('of the package')
  })

  it('may be the package itself', async () => {
    const files = {
      'package.json': JSON.stringify({ name: 'self', exports: './value.mjs' }),
      'value.mjs': 'export default 42',
      'index.mjs': "import value from 'self'; export const handler = async () => value",
    }
    expect(await run(files)).toBe(42)
  })
})
