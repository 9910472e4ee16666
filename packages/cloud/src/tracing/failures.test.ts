import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  CALLER,
  CALLER_TRACE,
  CODE,
  FROM_CALLER,
  FUNCTION,
  SERVICE,
  STAGE,
  startTraced,
  type Traced,
} from './testing.ts'

let traced: Traced
beforeAll(async () => {
  traced = await startTraced()
})
afterAll(() => traced.stop())
afterEach(() => traced.restart())

describe('a failure', () => {
  it.each([
    ['throw', 'TypeError', 'no such flight'],
    ['hang', 'Sandbox.Timedout', 'Task timed out after 1.00 seconds'],
    ['exit', 'Runtime.ExitError', 'exit status 7'],
  ])(
    'of the function that lets it %s is a fault up to the stage, with one cause',
    async (body, type, message) => {
      const { status } = await traced.call(body)
      expect(status).toBe(502)
      await traced.recorded(3)
      expect(traced.one(STAGE)).toMatchObject({
        fault: true,
        http: { response: { status: 502 } },
        subsegments: [{ fault: true, http: { response: { status: 200 } } }],
      })
      expect(traced.one(SERVICE)).toMatchObject({
        fault: true,
        error: true,
        http: { response: { status: 200 } },
      })
      const code = traced.one(CODE)
      const invocation = code.subsegments.find(({ name }) => name === 'Invocation')
      const { exceptions } = (invocation ?? code).cause as {
        exceptions: Array<{ id: string; stack?: object[] }>
      }
      expect(exceptions).toMatchObject([{ type, message: expect.stringContaining(message) }])
      expect(code).toMatchObject({ fault: true, cause: exceptions[0]?.id })
      if (body === 'throw') {
        expect(exceptions[0]?.stack?.[0]).toMatchObject({
          path: expect.stringMatching(/index\.js$/),
          line: 4,
          label: expect.stringContaining('handler'),
        })
      }
      if (body === 'hang')
        expect((invocation?.end_time ?? 0) - (invocation?.start_time ?? 0)).toBeCloseTo(1, 3)
    },
  )

  it('by throttling is a segment of the service alone', async () => {
    await traced.lambda.operations.PutFunctionConcurrency?.(
      { FunctionName: FUNCTION, ReservedConcurrentExecutions: 0 },
      traced.context(),
    )
    try {
      await traced.call('{}')
      await traced.recorded(2)
      expect(traced.segments).toHaveLength(2)
      expect(traced.one(SERVICE)).toMatchObject({
        http: { response: { status: 429 } },
        error: true,
        throttle: true,
      })
      expect(traced.one(STAGE).subsegments).toMatchObject([
        { throttle: true, http: { response: { status: 429 } } },
      ])
    } finally {
      await traced.lambda.operations.DeleteFunctionConcurrency?.({ FunctionName: FUNCTION }, traced.context())
    }
  })

  it('of the gateway itself has no call in it', async () => {
    const { status } = await traced.gateway.call(traced.restApiId, '/nowhere')
    expect(status).toBe(403)
    await traced.recorded(1)
    expect(traced.segments).toHaveLength(1)
    expect(traced.one(STAGE)).toMatchObject({ error: true, http: { response: { status: 403 } } })
    expect(traced.one(STAGE)).not.toHaveProperty('subsegments')
  })
})

describe('a function that is invoked directly', () => {
  it('belongs to the caller’s trace', async () => {
    await traced.invoke(`${FROM_CALLER};Sampled=1`)
    await traced.recorded(2)
    expect(traced.one(SERVICE)).toMatchObject({
      trace_id: CALLER_TRACE,
      parent_id: CALLER,
    })
  })

  it('names the trace in its log', async () => {
    const answer = await traced.invoke(`${FROM_CALLER};Sampled=1`, { LogType: 'Tail' })
    await traced.recorded(2)
    expect(Buffer.from(answer?.LogResult ?? '', 'base64').toString()).toMatch(
      new RegExp(
        `REPORT .*\\t\\nXRAY TraceId: ${CALLER_TRACE}\\tSegmentId: ${traced.one(CODE).id}\\tSampled: true\\t\\n$`,
      ),
    )
    traced.segments.length = 0
    const quiet = await traced.invoke(`${FROM_CALLER};Sampled=0`, { LogType: 'Tail' })
    expect(Buffer.from(quiet?.LogResult ?? '', 'base64').toString()).not.toContain('XRAY')
  })

  it('asynchronously has dwell time and attempts under one segment of the service', async () => {
    await traced.lambda.operations.PutFunctionEventInvokeConfig?.(
      { FunctionName: FUNCTION, MaximumRetryAttempts: 1 },
      traced.context(),
    )
    const started = Date.now() / 1000
    const answer = await traced.invoke(`${FROM_CALLER};Sampled=1`, {
      InvocationType: 'Event',
      Payload: Buffer.from('"throw"'),
    })
    expect(answer?.StatusCode).toBe(202)
    await traced.recorded(4)
    const running = traced.one(SERVICE)
    expect(running).toMatchObject({ in_progress: true, http: { response: { status: 202 } } })
    expect(running.start_time).toBeGreaterThanOrEqual(Math.floor(started * 1000) / 1000)
    expect(traced.segments.slice(1, 3)).toMatchObject([
      { name: 'Dwell Time', parent_id: running.id, type: 'subsegment', start_time: running.start_time },
      { name: 'Attempt #1', parent_id: running.id, type: 'subsegment', fault: true },
    ])
    expect(traced.one(CODE).parent_id).toBe(running.id)

    traced.segments.length = 0
    // The retry is due in a minute of the cloud's clock.
    traced.lambda.clock.scale(10_000)
    await traced.recorded(3)
    traced.lambda.clock.follow()
    expect(traced.one(SERVICE)).toMatchObject({ id: running.id, fault: true, end_time: expect.any(Number) })
    expect(traced.one(SERVICE)).not.toHaveProperty('in_progress')
    expect(traced.segments[1]).toMatchObject({ name: 'Attempt #2', parent_id: running.id })
  })
})
