import { describe, expect, it } from 'vitest'
import { idOf, startService, traceIdAt } from '../test-service.ts'

/** A cold prediction: stage, function, table, model; written in pieces and out of order. */
const prediction = (now: number, number: number, more: { fault?: boolean } = {}) => {
  const trace_id = traceIdAt(now + number, number)
  const t = now + number
  const fault = more.fault ? { fault: true } : {}
  const gateway = {
    id: idOf(1),
    trace_id,
    name: 'flights/prod',
    start_time: t,
    end_time: t + 1,
    origin: 'AWS::ApiGateway::Stage',
    resource_arn: 'arn:aws:apigateway:us-east-1::/restapis/abc/stages/prod',
    http: {
      request: { url: 'https://abc/prod/predict', method: 'POST', user_agent: 'curl', client_ip: '10.0.0.1' },
      response: { status: more.fault ? 502 : 200, content_length: 0 },
    },
    annotations: { 'aws:api_id': 'abc' },
    ...fault,
    subsegments: [
      { id: idOf(2), name: 'Lambda', namespace: 'aws', start_time: t, end_time: t + 0.95, ...fault },
    ],
  }
  const lambda = {
    id: idOf(3),
    trace_id,
    parent_id: idOf(2),
    name: 'predict',
    origin: 'AWS::Lambda',
    start_time: t + 0.1,
    end_time: t + 0.9,
    http: { response: { status: 200 } },
  }
  const handler = {
    id: idOf(4),
    trace_id,
    parent_id: idOf(3),
    name: 'predict',
    origin: 'AWS::Lambda::Function',
    start_time: t + 0.4,
    end_time: t + 0.9,
    aws: { account_id: '123456789012', ec2: { instance_id: 'i-1', availability_zone: 'us-east-1a' } },
    ...fault,
    subsegments: [{ id: idOf(5), name: 'Initialization', start_time: t + 0.1, end_time: t + 0.4 }],
  }
  const sent = {
    id: idOf(6),
    trace_id,
    parent_id: idOf(4),
    type: 'subsegment',
    name: '## predict',
    start_time: t + 0.4,
    end_time: t + 0.9,
    user: 'alice',
    annotations: { model: 'gbm', ColdStart: true, n: number },
    ...fault,
    subsegments: [
      {
        id: idOf(7),
        name: 'SageMaker',
        namespace: 'aws',
        start_time: t + 0.5,
        end_time: t + 0.8,
        ...fault,
        ...(more.fault && {
          cause: { exceptions: [{ id: idOf(9), type: 'ModelError', message: 'Access Denied' }] },
        }),
      },
    ],
  }
  return { trace_id, documents: [sent, lambda, handler, gateway] }
}

describe('GetTraceSummaries', () => {
  it('tells of one trace all that its segments say', async () => {
    const { put, call, now, around } = startService()
    const { trace_id, documents } = prediction(now, 0)
    await put(...documents)
    const { TraceSummaries, TracesProcessedCount } = await call('GetTraceSummaries', around)
    const stage = { Name: 'flights/prod', Names: ['flights/prod'], Type: 'AWS::ApiGateway::Stage' }
    const handler = {
      Name: 'predict',
      Names: ['predict'],
      Type: 'AWS::Lambda::Function',
      AccountId: '123456789012',
    }
    expect(TracesProcessedCount).toBe(1)
    expect(TraceSummaries).toHaveLength(1)
    const [summary] = TraceSummaries ?? []
    expect(summary).toMatchObject({
      Id: trace_id,
      StartTime: new Date(now * 1_000),
      Duration: 1,
      ResponseTime: 1,
      HasFault: false,
      HasError: false,
      HasThrottle: false,
      IsPartial: false,
      Http: {
        HttpURL: 'https://abc/prod/predict',
        HttpStatus: 200,
        HttpMethod: 'POST',
        UserAgent: 'curl',
        ClientIp: '10.0.0.1',
      },
      Annotations: {
        'aws:api_id': [{ AnnotationValue: { StringValue: 'abc' }, ServiceIds: [stage] }],
        model: [{ AnnotationValue: { StringValue: 'gbm' }, ServiceIds: [handler] }],
        ColdStart: [{ AnnotationValue: { BooleanValue: true }, ServiceIds: [handler] }],
        n: [{ AnnotationValue: { NumberValue: 0 }, ServiceIds: [handler] }],
      },
      Users: [{ UserName: 'alice', ServiceIds: [handler] }],
      EntryPoint: stage,
      ResourceARNs: [{ ARN: 'arn:aws:apigateway:us-east-1::/restapis/abc/stages/prod' }],
      InstanceIds: [{ Id: 'i-1' }],
      AvailabilityZones: [{ Name: 'us-east-1a' }],
      FaultRootCauses: [],
      ErrorRootCauses: [],
      Revision: 1,
    })
    expect(summary?.ServiceIds?.map(({ Name, Type }) => `${Name} ${Type}`).sort()).toEqual([
      'SageMaker AWS::SageMaker',
      'flights/prod AWS::ApiGateway::Stage',
      'flights/prod client',
      'predict AWS::Lambda',
      'predict AWS::Lambda::Function',
    ])
    expect(summary?.ResponseTimeRootCauses).toMatchObject([
      {
        ClientImpacting: true,
        Services: [
          {
            Name: 'flights/prod',
            EntityPath: [
              { Name: 'flights/prod', Coverage: 1, Remote: false },
              { Name: 'Lambda', Coverage: 0.95, Remote: true },
            ],
          },
          { Name: 'predict', Type: 'AWS::Lambda', EntityPath: [{ Name: 'predict', Coverage: 0.8 }] },
          {
            Name: 'predict',
            Type: 'AWS::Lambda::Function',
            EntityPath: [
              { Name: 'predict', Coverage: 0.5 },
              { Name: '## predict', Coverage: 0.5 },
              { Name: 'SageMaker', Coverage: 0.3, Remote: true },
            ],
          },
          { Name: 'SageMaker', Inferred: true, EntityPath: [{ Name: 'SageMaker', Coverage: 0.3 }] },
        ],
      },
    ])
  })

  it('traces a fault to where it began', async () => {
    const { put, call, now, around } = startService()
    await put(...prediction(now, 0, { fault: true }).documents)
    const { TraceSummaries } = await call('GetTraceSummaries', around)
    const [summary] = TraceSummaries ?? []
    expect(summary).toMatchObject({ HasFault: true, HasError: false })
    expect(summary?.FaultRootCauses).toHaveLength(1)
    const [cause] = summary?.FaultRootCauses ?? []
    expect(cause?.ClientImpacting).toBe(true)
    expect(cause?.Services?.map(({ Name, Inferred }) => [Name, Inferred])).toEqual([
      ['flights/prod', false],
      ['predict', false],
      ['predict', false],
      ['SageMaker', true],
    ])
    expect(cause?.Services?.at(-1)?.EntityPath).toEqual([
      { Name: 'SageMaker', Exceptions: [{ Name: 'ModelError', Message: 'Access Denied' }], Remote: false },
    ])
  })

  it('raises the revision when a late document changes a trace', async () => {
    const { put, call, now, around } = startService()
    const [sent, lambda, handler, gateway] = prediction(now, 0).documents
    await put({ ...gateway, end_time: undefined, in_progress: true }, lambda)
    const before = (await call('GetTraceSummaries', around)).TraceSummaries?.[0]
    expect(before).toMatchObject({ IsPartial: true, Revision: 1 })
    expect(before?.ResponseTime).toBeUndefined()
    await put(sent, handler, gateway)
    const after = (await call('GetTraceSummaries', around)).TraceSummaries
    expect(after).toMatchObject([{ IsPartial: false, ResponseTime: 1, Revision: 2 }])
  })

  it('pages from new to old, and takes no token of another request', async () => {
    const { put, call, now, around } = startService()
    const count = 703
    for (let first = 0; first < count; first += 50) {
      const segments = Array.from({ length: Math.min(50, count - first) }, (_, n) => ({
        id: idOf(1),
        trace_id: traceIdAt(now - 900 + (first + n) / 2, first + n),
        name: 'api',
        start_time: now - 900 + (first + n) / 2,
        end_time: now - 800 + (first + n) / 2,
      }))
      await put(...segments)
    }
    const first = await call('GetTraceSummaries', around)
    expect([first.TraceSummaries?.length, first.TracesProcessedCount]).toEqual([500, 500])
    expect(first.TraceSummaries?.[0]?.Id).toBe(traceIdAt(now - 900 + (count - 1) / 2, count - 1))
    const second = await call('GetTraceSummaries', { ...around, NextToken: first.NextToken })
    expect([second.TraceSummaries?.length, second.TracesProcessedCount, second.NextToken]).toEqual([
      203,
      203,
      undefined,
    ])
    expect(second.TraceSummaries?.at(-1)?.Id).toBe(traceIdAt(now - 900, 0))
    const ids = new Set(
      [...(first.TraceSummaries ?? []), ...(second.TraceSummaries ?? [])].map(({ Id }) => Id),
    )
    expect(ids.size).toBe(count)
    for (const NextToken of ['x', first.NextToken]) {
      await expect(
        call('GetTraceSummaries', { ...around, FilterExpression: 'ok', NextToken }),
      ).rejects.toMatchObject({ code: 'InvalidRequestException' })
    }
    const half = await call('GetTraceSummaries', {
      ...around,
      Sampling: true,
      SamplingStrategy: { Name: 'FixedRate', Value: 0.01 },
    })
    expect(half.TraceSummaries?.length).toBeGreaterThan(0)
    expect(half.TraceSummaries?.length).toBeLessThan(200)
  })

  it('reads the time range by start of the trace, by event and by end of a segment', async () => {
    const { put, call, now } = startService()
    await put({ id: idOf(1), trace_id: traceIdAt(now), name: 'a', start_time: now + 10, end_time: now + 20 })
    const count = async (from: number, to: number, TimeRangeType: 'TraceId' | 'Event' | 'Service') => {
      const range = { StartTime: new Date((now + from) * 1_000), EndTime: new Date((now + to) * 1_000) }
      return (await call('GetTraceSummaries', { ...range, TimeRangeType })).TraceSummaries?.length
    }
    expect([
      await count(10, 11, 'TraceId'),
      await count(0, 10, 'TraceId'),
      await count(11, 50, 'TraceId'),
    ]).toEqual([1, 0, 0])
    expect([await count(12, 13, 'Event'), await count(0, 10, 'Event'), await count(21, 50, 'Event')]).toEqual(
      [1, 0, 0],
    )
    expect([await count(20, 21, 'Service'), await count(12, 13, 'Service')]).toEqual([1, 0])
  })

  it.each([
    [{ EndTime: new Date(0) }, 'StartTime cannot be after EndTime'],
    [{ StartTime: new Date(0) }, 'Time range cannot be longer than 6 hours'],
    [{ FilterExpression: 'responsetime >' }, /^Invalid filter expression: .* at \d+$/],
    [{ FilterExpression: 'group.name = "none"' }, /^Invalid filter expression: /],
    [{ TimeRangeType: 'Nonsense' }, 'Invalid TimeRangeType: Nonsense'],
    [{ SamplingStrategy: { Name: 'FixedRate' } }, /FixedRate/],
  ])('refuses %o', async (input, message) => {
    const { call, around } = startService()
    await expect(call('GetTraceSummaries', { ...around, ...(input as object) })).rejects.toMatchObject({
      code: 'InvalidRequestException',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    })
  })
})

describe('BatchGetTraces', () => {
  it('gives whole segments and those inferred from calls, the same each time', async () => {
    const { put, call, now } = startService()
    const { trace_id, documents } = prediction(now, 0)
    await put(...documents)
    const get = () => call('BatchGetTraces', { TraceIds: [trace_id, traceIdAt(0, 1), 'nonsense'] })
    const { Traces, UnprocessedTraceIds } = await get()
    expect(UnprocessedTraceIds).toEqual([])
    expect(Traces).toMatchObject([{ Id: trace_id, Duration: 1, LimitExceeded: false }])
    const segments = Traces?.[0]?.Segments?.map(({ Document }) => JSON.parse(Document ?? ''))
    expect(segments?.map(({ name, origin }) => `${name} ${origin}`)).toEqual([
      'flights/prod AWS::ApiGateway::Stage',
      'predict AWS::Lambda',
      'predict AWS::Lambda::Function',
      'SageMaker AWS::SageMaker',
    ])
    expect(segments?.[2].subsegments.map(({ name }: { name: string }) => name)).toEqual([
      'Initialization',
      '## predict',
    ])
    expect(segments?.[2].subsegments[1]).not.toHaveProperty('parent_id')
    expect(segments?.[3]).toMatchObject({ inferred: true, parent_id: idOf(7), trace_id })
    expect(await get()).toEqual(await get())
  })

  it('gives a trace of 100,000 subsegments in a chain', async () => {
    const { service, call, now } = startService()
    const trace_id = traceIdAt(now)
    const base = { trace_id, name: 'n', start_time: now, end_time: now + 1 }
    const count = 100_000
    for (let first = 1; first <= count; first += 1_000) {
      const documents = Array.from({ length: 1_000 }, (_, n) =>
        JSON.stringify({ ...base, id: idOf(first + n + 1), parent_id: idOf(first + n), type: 'subsegment' }),
      )
      await service.take({ account: '123456789012', region: 'us-east-1' }, documents)
    }
    await service.take({ account: '123456789012', region: 'us-east-1' }, [
      JSON.stringify({ ...base, id: idOf(1) }),
    ])
    const { Traces } = await call('BatchGetTraces', { TraceIds: [trace_id] })
    expect(Traces).toMatchObject([{ Duration: 1, LimitExceeded: true }])
    expect(Traces?.[0]?.Segments).toHaveLength(1)
    expect(Traces?.[0]?.Segments?.[0]?.Document?.match(/"id"/g)).toHaveLength(count + 1)
  })
})
