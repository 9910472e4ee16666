import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LambdaUnderTest, startLambda, zip } from './testing/start-lambda.ts'

const SOURCE = `
let count = 0
exports.handler = async event => event
exports.count = async () => ++count
exports.context = async (event, context) => ({
  ...context,
  remaining: context.getRemainingTimeInMillis(),
  trace: process.env._X_AMZN_TRACE_ID,
})
exports.environment = async () => process.env
exports.nothing = async () => {}
exports.callback = (event, context, callback) => setTimeout(() => callback(null, { called: true }), 5)
exports.synchronous = () => 'lost'
exports.done = (event, context) => context.done(null, 'done')
exports.log = async () => {
  console.log('first', { a: 1 })
  console.error('two\\nlines')
  process.stdout.write('raw\\n')
  return 1
}
exports.chatter = async () => { for (let i = 0; i < 2000; i++) console.log('line ' + i); return 'end' }
exports.boom = async () => { throw new TypeError('no such flight') }
exports.text = async () => { throw 'just text' }
exports.late = async () => { Promise.reject(new Error('late')); await new Promise(r => setTimeout(r, 1000)) }
exports.uncaught = async () => { setTimeout(() => { throw new Error('loose') }, 1); await new Promise(r => setTimeout(r, 1000)) }
exports.never = async () => new Promise(() => {})
exports.exit = async () => process.exit(3)
exports.quiet = async () => process.exit(0)
exports.killed = async () => { process.kill(process.pid, 'SIGKILL'); await new Promise(r => setTimeout(r, 1000)) }
exports.slow = async ({ ms }) => { await new Promise(r => setTimeout(r, ms)); return process.pid }
exports.busy = async () => { for (;;); }
exports.large = async ({ bytes }) => 'x'.repeat(bytes)
exports.circular = async () => { const a = {}; a.a = a; return a }
exports.hog = async () => { const kept = []; for (;;) { kept.push(Buffer.alloc(16e6, 1)); await new Promise(r => setTimeout(r, 5)) } }
exports.deep = { er: { handler: async () => 'deep' } }
`

let cloud: LambdaUnderTest
const created = new Set<string>()

/** A function that serves one export of the source. */
const use = async (handler: string, options: object = {}): Promise<string> => {
  const name =
    `${handler.replaceAll('.', '-')}-${JSON.stringify(options).replace(/[^a-zA-Z0-9]/g, '')}`.slice(0, 64)
  if (!created.has(name))
    await cloud.create(name, SOURCE, { Handler: `index.${handler}`, Timeout: 5, ...options })
  created.add(name)
  return name
}

beforeAll(async () => {
  cloud = await startLambda()
})
afterAll(() => cloud.stop())

describe('a handler', () => {
  it.each([
    ['gets the event and answers', 'handler', { from: 'DUS', ü: '✈' }, { from: 'DUS', ü: '✈' }],
    ['that returns nothing answers null', 'nothing', {}, null],
    ['may call back', 'callback', {}, { called: true }],
    ['that is synchronous and never calls back answers null', 'synchronous', {}, null],
    ['may end through the context', 'done', {}, 'done'],
    ['may be nested in an export', 'deep.er.handler', {}, 'deep'],
  ])('%s', async (_title, handler, event, expected) => {
    const { payload, error } = await cloud.invoke(await use(handler), event)
    expect(error).toBeUndefined()
    expect(payload).toEqual(expected)
  })

  it('keeps its state from one invocation to the next: the environment is reused', async () => {
    const name = await use('count')
    const counts = []
    for (let call = 0; call < 3; call++) counts.push((await cloud.invoke(name)).payload)
    expect(counts).toEqual([1, 2, 3])
  })

  it('finds in its context what the invocation is', async () => {
    const name = await use('context', { MemorySize: 256 })
    const { payload } = await cloud.invoke(
      name,
      {},
      { ClientContext: btoa('{"custom":{"key":"v\\u00e4lue"}}') },
    )
    expect(payload).toMatchObject({
      functionName: name,
      functionVersion: '$LATEST',
      memoryLimitInMB: '256',
      logGroupName: `/aws/lambda/${name}`,
      invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
      clientContext: { custom: { key: 'välue' } },
      trace: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
    })
    const { remaining } = payload as { remaining: number }
    expect(remaining).toBeGreaterThan(3000)
    expect(remaining).toBeLessThanOrEqual(5000)
  })

  it("has Lambda's variables and its own, and nothing of the machine's but the PATH", async () => {
    process.env.SONDE_TEST_SECRET = 'of the developer'
    const name = await use('environment', { Environment: { Variables: { TABLE: 'flights' } } })
    const { payload } = await cloud.invoke(name)
    delete process.env.SONDE_TEST_SECRET
    expect(Object.keys(payload as object).sort()).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_DEFAULT_REGION',
      'AWS_ENDPOINT_URL',
      'AWS_EXECUTION_ENV',
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_LAMBDA_FUNCTION_VERSION',
      'AWS_LAMBDA_INITIALIZATION_TYPE',
      'AWS_LAMBDA_LOG_GROUP_NAME',
      'AWS_LAMBDA_LOG_STREAM_NAME',
      'AWS_LAMBDA_RUNTIME_API',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'AWS_XRAY_CONTEXT_MISSING',
      'AWS_XRAY_DAEMON_ADDRESS',
      'LAMBDA_RUNTIME_DIR',
      'LAMBDA_TASK_ROOT',
      'LANG',
      'NODE_PATH',
      'PATH',
      'PWD',
      'SHLVL',
      'TABLE',
      'TMPDIR',
      'TZ',
      '_AWS_XRAY_DAEMON_ADDRESS',
      '_AWS_XRAY_DAEMON_PORT',
      '_HANDLER',
      '_X_AMZN_TRACE_ID',
    ])
    expect(payload).toMatchObject({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
      AWS_SECRET_ACCESS_KEY: 'secret of arn:aws:iam::000000000000:role/function',
      TABLE: 'flights',
    })
  })
})

describe('a failing function gives one clear message', () => {
  const failure = (message: string) => ({
    errorType: 'Runtime.ExitError',
    errorMessage: expect.stringMatching(new RegExp(`^RequestId: [0-9a-f-]{36} Error: ${message}$`)),
  })
  it.each([
    ['when the handler throws', 'boom', { errorType: 'TypeError', errorMessage: 'no such flight' }],
    ['when the handler throws a text', 'text', { errorType: 'string', errorMessage: 'just text', trace: [] }],
    [
      'when a promise nobody awaits is rejected',
      'late',
      { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: late' },
    ],
    ['when a timer throws', 'uncaught', { errorType: 'Error', errorMessage: 'loose' }],
    ['when the promise is never settled', 'never', { errorType: 'Runtime.NodeJsExit' }],
    ['when the result is no JSON', 'circular', { errorMessage: 'Unable to stringify response body' }],
    ['when the process exits', 'exit', failure('Runtime exited with error: exit status 3')],
    [
      'when the process exits without an error',
      'quiet',
      failure('Runtime exited without providing a reason'),
    ],
    ['when the process is killed', 'killed', failure('Runtime exited with error: signal: killed')],
    [
      'when the export is missing',
      'missing',
      { errorType: 'Runtime.HandlerNotFound', errorMessage: 'index.missing is undefined or not exported' },
    ],
    [
      'when the response is too large',
      'large',
      {
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      },
    ],
  ])('%s', async (_title, handler, expected) => {
    const name = await use(handler)
    const { payload, error } = await cloud.invoke(name, { bytes: 7e6 })
    expect(error).toBe('Unhandled')
    expect(payload).toMatchObject(expected)
  })

  it.each(['slow', 'busy'])(
    'when %s exceeds its timeout, and the next invocation has a fresh environment',
    async handler => {
      const name = await use(handler, { Timeout: 1 })
      const { payload, error, log } = await cloud.invoke(name, { ms: 60_000 })
      expect(error).toBe('Unhandled')
      expect(payload).toEqual({
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(
          /^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/,
        ),
      })
      expect(log).toMatch(
        /Task timed out after 1\.00 seconds\n\nEND .*\nREPORT .*Duration: 1000\.00 ms\tBilled Duration: 1000 ms\t.*Status: timeout\t\n$/,
      )
      if (handler === 'slow') expect((await cloud.invoke(name, { ms: 0 })).error).toBeUndefined()
    },
  )

  it.skipIf(process.platform !== 'linux')('when it takes more memory than it has', async () => {
    const name = await use('hog', { MemorySize: 256, Timeout: 30 })
    const { payload, log } = await cloud.invoke(name)
    expect(payload).toMatchObject(failure('Runtime exited with error: signal: killed'))
    expect(log).toContain('Memory Size: 256 MB\tMax Memory Used: 256 MB\t')
  })

  it('and a response of just 6 MB passes', async () => {
    const { payload } = await cloud.invoke(await use('large'), { bytes: 6_291_554 })
    expect(payload).toHaveLength(6_291_554)
  })
})

describe('the log', () => {
  it('has the lines of the platform and of the function, in order', async () => {
    const name = await use('log')
    const { log } = await cloud.invoke(name)
    const id = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
    const time = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z'
    const lines = cloud.lines(`/aws/lambda/${name}`)
    const expected = [
      `INIT_START Runtime Version: nodejs:22\\.v.+\\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}\\n`,
      `START RequestId: ${id} Version: \\$LATEST\\n`,
      `${time}\\t${id}\\tINFO\\tfirst { a: 1 }\\n`,
      `${time}\\t${id}\\tERROR\\ttwo\\nlines\\n`,
      `END RequestId: ${id}\\n`,
      `REPORT RequestId: ${id}\\tDuration: \\d+\\.\\d\\d ms\\tBilled Duration: \\d+ ms\\tMemory Size: 512 MB\\tMax Memory Used: [1-9]\\d+ MB\\tInit Duration: \\d+\\.\\d\\d ms\\t\\n`,
    ]
    // What was written past the console has a pipe of its own, so its place is not fixed.
    expect(lines).toContain('raw\n')
    expect(
      lines.filter(line => line !== 'raw\n').map((line, at) => line.match(`^${expected[at]}$`) !== null),
    ).toEqual(expected.map(() => true))
    expect(log).toBe(lines.slice(1).join(''))
  })

  it('loses no line of a chatty function, and its tail is the last 4 KB', async () => {
    const name = await use('chatter')
    const { log } = await cloud.invoke(name)
    const own = cloud.lines(`/aws/lambda/${name}`).filter(line => line.includes('\tline '))
    expect(own.map(line => line.trimEnd().split('\t').at(-1))).toEqual(
      Array.from({ length: 2000 }, (_, i) => `line ${i}`),
    )
    expect(Buffer.byteLength(log)).toBe(4096)
    expect(log).toMatch(/line 1999\nEND RequestId: .*\nREPORT RequestId: .*\n$/)
  })

  it('names a failed initialisation twice: Lambda tries again with the invocation', async () => {
    const name = await use('missing')
    await cloud.invoke(name)
    const lines = cloud.lines(`/aws/lambda/${name}`).slice(-8)
    expect(
      lines.filter(line => line.startsWith('INIT_REPORT')).map(line => line.split('\t').slice(1)),
    ).toEqual([
      ['Phase: init', 'Status: error', 'Error Type: Runtime.HandlerNotFound\n'],
      ['Phase: invoke', 'Status: error', 'Error Type: Runtime.HandlerNotFound\n'],
    ])
  })

  it('is JSON where the function asks for that, filtered by level', async () => {
    const name = 'json-log'
    await cloud.create(
      name,
      `exports.handler = async () => { console.debug('no'); console.warn({ delay: 12 }); console.error('bad', new Error('x')) }`,
      {
        LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO', LogGroup: '/own/group' },
      },
    )
    await cloud.invoke(name)
    const events = cloud.lines('/own/group').map(line => JSON.parse(line))
    expect(events.map(event => event.type ?? event.level)).toEqual([
      'platform.initStart',
      'platform.start',
      'WARN',
      'ERROR',
      'platform.report',
    ])
    expect(events[2].message).toEqual({ delay: 12 })
    expect(events[3]).toMatchObject({ errorType: 'Error', errorMessage: 'x' })
    expect(events[4].record).toMatchObject({ status: 'success', metrics: { memorySizeMB: 512 } })
  })
})

describe('modules', () => {
  it.each([
    [
      'an ES module by its suffix',
      { 'index.mjs': 'export const handler = async () => import.meta.url.slice(-9)' },
      'index.mjs',
    ],
    [
      'an ES module by package.json',
      { 'package.json': '{"type":"module"}', 'index.js': "export const handler = async () => 'esm'" },
      'esm',
    ],
    ['a CommonJS module by its suffix', { 'index.cjs': "exports.handler = async () => 'cjs'" }, 'cjs'],
    [
      'the SDK that Lambda brings, required',
      {
        'index.js': "exports.handler = async () => typeof require('@aws-sdk/client-dynamodb').DynamoDBClient",
      },
      'function',
    ],
    [
      'the SDK that Lambda brings, imported',
      {
        'index.mjs':
          "import { DynamoDBClient } from '@aws-sdk/client-dynamodb'\nexport const handler = async () => typeof DynamoDBClient",
      },
      'function',
    ],
  ])('%s', async (_title, files, expected) => {
    const name = `module-${created.size}`
    created.add(name)
    await cloud.create(name, '', { Code: { ZipFile: zip(files) }, Timeout: 10 })
    expect((await cloud.invoke(name)).payload).toBe(expected)
  })

  it.each([
    [
      'a missing module',
      "require('express')",
      'Runtime.ImportModuleError',
      "Error: Cannot find module 'express'",
    ],
    ['a syntax error', 'const =', 'Runtime.UserCodeSyntaxError', "SyntaxError: Unexpected token '='"],
    ['an error while loading', "throw new RangeError('at load')", 'RangeError', 'at load'],
    ['a module that exits', 'process.exit(7)', 'Runtime.ExitError', 'exit status 7'],
  ])('%s is reported', async (_title, source, errorType, text) => {
    const name = `broken-${created.size}`
    created.add(name)
    await cloud.create(name, source)
    const { payload, error } = await cloud.invoke(name)
    expect(error).toBe('Unhandled')
    expect(payload).toMatchObject({ errorType, errorMessage: expect.stringContaining(text) })
  })

  it('refuses callbacks on nodejs24.x as AWS does', async () => {
    const { payload } = await cloud.invoke(await use('callback', { Runtime: 'nodejs24.x' }))
    expect(payload).toMatchObject({ errorType: 'Runtime.CallbackHandlerDeprecated' })
  })
})
