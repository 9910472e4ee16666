import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { FUNCTION_ARN, SCOPE } from './services/apigateway/testing/gateway.ts'
import {
  CALLER,
  CALLER_TRACE,
  CODE,
  FROM_CALLER,
  FUNCTION,
  SERVICE,
  type Segment,
  STAGE,
  startTraced,
  type Traced,
} from './tracing/testing.ts'

let traced: Traced
beforeAll(async () => {
  traced = await startTraced()
})
afterAll(() => traced.stop())
afterEach(() => traced.restart())

const namesOf = (segment: Segment) => segment.subsegments.map(({ name }) => name)
const expectWithin = (inner: Segment | undefined, outer: Segment | undefined) => {
  expect(inner?.start_time).toBeGreaterThanOrEqual(outer?.start_time ?? Number.NaN)
  expect(inner?.end_time).toBeLessThanOrEqual(outer?.end_time ?? Number.NaN)
}

describe('a sampled request', () => {
  it('is one trace: stage, call, service and function, each the parent of the next', async () => {
    await traced.makeCold()
    const before = Date.now() / 1000
    const { body, headers } = await traced.call('{}')
    await traced.recorded(3)
    const after = Date.now() / 1000
    const [stage, service, code] = [traced.one(STAGE), traced.one(SERVICE), traced.one(CODE)]
    const [invoke] = stage.subsegments
    expect(traced.segments).toHaveLength(3)
    expect(new Set(traced.segments.map(segment => segment.trace_id)).size).toBe(1)
    expect(stage.parent_id).toBeUndefined()
    expect(service.parent_id).toBe(invoke?.id)
    expect(code.parent_id).toBe(service.id)
    expect(body, 'the header in the function').toBe(`Root=${stage.trace_id};Parent=${code.id};Sampled=1`)
    expect(headers['x-amzn-trace-id']).toBe(`Root=${stage.trace_id};Parent=${stage.id};Sampled=1`)
    expect(new Set([stage, invoke, service, code, ...code.subsegments].map(s => s?.id)).size).toBe(7)
    expect(stage.start_time).toBeGreaterThan(before - 0.01)
    expect(code.end_time).toBeLessThan(after + 0.01)
    expectWithin(invoke, stage)
    expectWithin(service, invoke)
  })

  it('is recorded as API Gateway and Lambda describe themselves', async () => {
    await traced.makeCold()
    await traced.call('{}')
    await traced.recorded(3)
    const stage = traced.one(STAGE)
    expect(stage).toMatchObject({
      name: 'flights/prod',
      resource_arn: `arn:aws:apigateway:eu-west-1::/restapis/${traced.restApiId}/stages/prod`,
      http: {
        request: {
          method: 'POST',
          url: `https://${traced.restApiId}.execute-api.eu-west-1.amazonaws.com/prod/predict`,
          user_agent: 'curl/8',
          client_ip: '127.0.0.1',
          x_forwarded_for: true,
        },
        response: { status: 200 },
      },
      aws: {
        api_gateway: { account_id: SCOPE.account, rest_api_id: traced.restApiId, stage: 'prod' },
        xray: { sampling_rule_name: 'predictions' },
      },
      annotations: { 'aws:api_id': traced.restApiId, 'aws:api_stage': 'prod' },
    })
    expect(stage.subsegments).toMatchObject([
      {
        name: 'Lambda',
        namespace: 'aws',
        http: {
          request: {
            url: `https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/${FUNCTION_ARN}/invocations`,
          },
          response: { status: 200 },
        },
        aws: {
          function_name: FUNCTION,
          region: 'eu-west-1',
          operation: 'Invoke',
          resource_names: [FUNCTION],
        },
      },
    ])
    expect(traced.one(SERVICE)).toMatchObject({
      name: FUNCTION,
      resource_arn: FUNCTION_ARN,
      http: { response: { status: 200 } },
      aws: { request_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    })
    expect(traced.one(CODE)).toMatchObject({
      name: FUNCTION,
      aws: { account_id: SCOPE.account, function_arn: FUNCTION_ARN, resource_names: [FUNCTION] },
    })
    for (const { aws } of traced.one(CODE).subsegments) expect(aws).toEqual({ function_arn: FUNCTION_ARN })
    for (const segment of traced.segments) {
      expect(segment).not.toHaveProperty('error')
      expect(segment).not.toHaveProperty('fault')
    }
  })

  it('has Initialization before the function’s segment when cold, and none when warm', async () => {
    await traced.makeCold()
    await traced.call('{}')
    await traced.recorded(3)
    const cold = traced.one(CODE)
    expect(namesOf(cold)).toEqual(['Initialization', 'Invocation', 'Overhead'])
    const [init, invocation, overhead] = cold.subsegments
    expect(init?.end_time).toBeLessThanOrEqual(cold.start_time)
    expect((init?.end_time ?? 0) - (init?.start_time ?? 0)).toBeGreaterThan(0.005)
    expectWithin(init, traced.one(SERVICE))
    expect(invocation?.start_time).toBe(cold.start_time)
    expect(overhead?.start_time).toBe(invocation?.end_time)
    expect(overhead?.end_time).toBe(cold.end_time)
    traced.segments.length = 0
    await traced.call('{}')
    await traced.recorded(3)
    expect(namesOf(traced.one(CODE))).toEqual(['Invocation', 'Overhead'])
  })

  it('asks the sampler for what rules are about', async () => {
    await traced.call('{}')
    await traced.recorded(3)
    expect(traced.asked).toMatchObject([
      {
        serviceName: 'flights/prod',
        serviceType: STAGE,
        host: `${traced.restApiId}.execute-api.eu-west-1.amazonaws.com`,
        method: 'POST',
        path: '/prod/predict',
        resourceArn: `arn:aws:apigateway:eu-west-1::/restapis/${traced.restApiId}/stages/prod`,
      },
    ])
    expect(traced.asked[0]?.attributes['user-agent']).toBe('curl/8')
  })
})

describe('the caller’s decision', () => {
  it('to sample is kept, with the caller as the parent and without asking the sampler', async () => {
    traced.settings.sampled = false
    await traced.call('{}', `${FROM_CALLER};Sampled=1;Lineage=1:a:0`)
    await traced.recorded(3)
    expect(traced.asked).toEqual([])
    const stage = traced.one(STAGE)
    expect(stage.parent_id).toBe(CALLER)
    expect(stage.aws).not.toHaveProperty('xray')
    expect(traced.gateway.invocations.at(-1)?.traceHeader).toBe(
      `Root=${CALLER_TRACE};Parent=${stage.subsegments[0]?.id};Sampled=1;Lineage=1:a:0`,
    )
    expect(traced.segments.map(segment => segment.trace_id)).toEqual(Array(3).fill(CALLER_TRACE))
  })

  it('not to sample is kept: nothing is recorded, and the function knows', async () => {
    const { body, headers } = await traced.call('{}', `${FROM_CALLER};Sampled=0`)
    expect(body).toMatch(/^Root=1-5e66d96f-7491f092d2a5079d18acf3d0;Parent=[0-9a-f]{16};Sampled=0$/)
    expect(headers['x-amzn-trace-id']).toMatch(/;Sampled=0$/)
    expect(traced.asked).toEqual([])
    expect(await traced.settled()).toEqual([])
  })

  it.each([
    [true, '1'],
    [false, '0'],
  ])('left open with Sampled=? is answered in the response: %s', async (sampled, told) => {
    traced.settings.sampled = sampled
    const { headers } = await traced.call('{}', `${FROM_CALLER};Sampled=?`)
    expect(traced.asked).toHaveLength(1)
    expect(headers['x-amzn-trace-id']).toMatch(
      new RegExp(`^Root=${CALLER_TRACE};Parent=[0-9a-f]{16};Sampled=${told}$`),
    )
    if (sampled) await traced.recorded(3)
    else expect(await traced.settled()).toEqual([])
  })
})

describe('no record is made', () => {
  it('when the sampler decides against it', async () => {
    traced.settings.sampled = false
    const { body } = await traced.call('{}')
    expect(body).toMatch(/;Sampled=0$/)
    expect(await traced.settled()).toEqual([])
  })

  it('of a stage without tracing, which hands on the caller’s header alone', async () => {
    await traced.setStageTracing(false)
    try {
      await traced.call('{}', `${FROM_CALLER};Sampled=1`)
      await traced.recorded(2)
      expect(traced.asked).toEqual([])
      expect(traced.gateway.invocations.at(-1)?.traceHeader).toBe(`${FROM_CALLER};Sampled=1`)
      expect(traced.segments.map(segment => segment.origin)).toEqual([SERVICE, CODE])
      expect(traced.one(SERVICE).parent_id).toBe(CALLER)
    } finally {
      await traced.setStageTracing(true)
    }
  })

  it('of a function without active tracing, which is told the root alone', async () => {
    await traced.configure({ TracingConfig: { Mode: 'PassThrough' } })
    try {
      const { body } = await traced.call('{}', `${FROM_CALLER};Sampled=1;Lineage=1:a:0`)
      expect(body).toBe(`Root=${CALLER_TRACE};Lineage=1:a:0`)
      await traced.recorded(1)
      expect(traced.segments.map(segment => segment.origin)).toEqual([STAGE])
    } finally {
      await traced.configure({ TracingConfig: { Mode: 'Active' } })
    }
  })

  it('of a function whose role has lost the right to write traces', async () => {
    traced.settings.permitted = false
    const { status } = await traced.call('{}')
    expect(status).toBe(200)
    await traced.recorded(1)
    expect(traced.segments.map(segment => segment.origin)).toEqual([STAGE])
  })

  it('of a function whose role never had it, as it cannot be created', async () => {
    traced.settings.permitted = false
    await expect(traced.createFunction('denied')).rejects.toMatchObject({
      code: 'InvalidParameterValueException',
      message: 'The provided execution role does not have permissions to call PutTraceSegments on XRAY',
    })
    await expect(
      traced.createFunction('silent', { TracingConfig: { Mode: 'PassThrough' } }),
    ).resolves.toBeDefined()
  })
})
