import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createClock } from '../../kernel/clock.ts'
import type { RequestContext } from '../../kernel/context.ts'
import { createStore } from '../../kernel/store.ts'
import { assemble } from './assemble.ts'
import { createXRay } from './index.ts'
import type { SegmentDocument } from './segment-document.ts'
import { createTraceStore } from './trace-store.ts'

const SCOPE = { account: '123456789012', region: 'us-east-1' }
const CONTEXT: RequestContext = {
  scope: SCOPE,
  identity: { account: SCOPE.account, arn: '', userId: '' },
  requestId: 'r',
  endpoint: '',
}

const start = () => {
  const clock = createClock()
  onTestFinished(() => clock.close())
  const service = createXRay({ store: createStore(undefined), clock })
  const operations = service.apis[0]?.operations as Record<
    string,
    (input: object, context: RequestContext) => unknown
  >
  const call = async (name: string, input: object) =>
    operations[name]?.(input, CONTEXT) as Record<string, unknown>
  const seconds = Math.floor(clock.now() / 1_000)
  const traceId = `1-${seconds.toString(16)}-0123456789abcdef01234567`
  const segment = (more: object = {}) => ({
    id: 'a000000000000001',
    trace_id: traceId,
    name: 'api',
    start_time: seconds,
    end_time: seconds + 2,
    ...more,
  })
  const put = (...documents: unknown[]) =>
    call('PutTraceSegments', {
      TraceSegmentDocuments: documents.map(document =>
        typeof document === 'string' ? document : JSON.stringify(document),
      ),
    })
  const get = async (...TraceIds: string[]) => {
    const { Traces } = await call('BatchGetTraces', { TraceIds })
    return Traces as Array<{
      Id: string
      Duration: number
      Segments: Array<{ Id: string; Document: string }>
    }>
  }
  return { service, call, put, get, segment, traceId, seconds }
}

describe('PutTraceSegments', () => {
  it.each([
    ['{', 'ParseError', undefined],
    ['"text"', 'ParseError', undefined],
    ['[]', 'MissingId', undefined],
    [{ id: undefined }, 'MissingId', undefined],
    [{ id: 'xyz' }, 'InvalidId', 'xyz'],
    [{ name: undefined }, 'MissingName', 'a000000000000001'],
    [{ name: 'a'.repeat(201) }, 'InvalidName', 'a000000000000001'],
    [{ name: 'a;b' }, 'InvalidName', 'a000000000000001'],
    [{ trace_id: undefined }, 'MissingTraceId', 'a000000000000001'],
    [{ trace_id: '1-2-3' }, 'InvalidTraceId', 'a000000000000001'],
    [{ trace_id: '1-00000001-0123456789abcdef01234567' }, 'InvalidTraceId', 'a000000000000001'],
    [{ start_time: undefined }, 'MissingStartTime', 'a000000000000001'],
    [{ start_time: '1' }, 'InvalidTime', 'a000000000000001'],
    [{ end_time: undefined }, 'MissingEndTime', 'a000000000000001'],
    [{ type: 'subsegment' }, 'MissingParentId', 'a000000000000001'],
    [{ metadata: 'x'.repeat(65_536) }, 'SegmentTooLarge', 'a000000000000001'],
  ])('names what is wrong with %o: %s', async (bad, code, id) => {
    const { put, get, segment, traceId } = start()
    const document = typeof bad === 'string' ? bad : segment(bad)
    const good = segment({ id: 'a000000000000002' })
    const { UnprocessedTraceSegments } = await put(document, good)
    expect(UnprocessedTraceSegments).toEqual([
      { ...(id && { Id: id }), ErrorCode: code, Message: `Invalid segment. ErrorCode: ${code}` },
    ])
    expect((await get(traceId))[0]?.Segments.map(({ Id }) => Id)).toEqual(['a000000000000002'])
  })

  it('takes at most 50 documents', async () => {
    const { put, segment } = start()
    await expect(put(...Array.from({ length: 51 }, () => segment()))).rejects.toMatchObject({
      code: 'InvalidRequestException',
    })
  })
})

describe('BatchGetTraces', () => {
  it('gives segments with their late subsegments under their parents, and the duration of all', async () => {
    const { put, get, segment, traceId, seconds } = start()
    const child = { id: 'b000000000000001', parent_id: 'a000000000000001', type: 'subsegment', name: 'call' }
    const grandchild = {
      id: 'c000000000000001',
      parent_id: 'b000000000000001',
      type: 'subsegment',
      name: 'deep',
    }
    await put(segment(grandchild), segment({ ...child, end_time: seconds + 3 }))
    await put(segment({ annotations: { key: 'value' } }))
    const [trace] = await get(traceId, '1-00000000-000000000000000000000000')
    expect(trace).toMatchObject({ Id: traceId, Duration: 3, LimitExceeded: false })
    const times = { start_time: seconds, end_time: seconds + 2 }
    expect(trace?.Segments.map(({ Document }) => JSON.parse(Document))).toEqual([
      {
        ...segment({ annotations: { key: 'value' } }),
        subsegments: [
          {
            id: 'b000000000000001',
            name: 'call',
            start_time: seconds,
            end_time: seconds + 3,
            subsegments: [{ id: 'c000000000000001', name: 'deep', ...times }],
          },
        ],
      },
    ])
  })

  it('gives a subsegment whose parent has not come as it is', async () => {
    const { put, get, segment, traceId } = start()
    await put(segment({ type: 'subsegment', parent_id: 'f000000000000001' }))
    const [trace] = await get(traceId)
    expect(JSON.parse(trace?.Segments[0]?.Document ?? '')).toMatchObject({ parent_id: 'f000000000000001' })
  })

  it('does not let a late report of progress undo what is complete', async () => {
    const { put, get, segment, traceId } = start()
    await put(segment())
    await put(segment({ end_time: undefined, in_progress: true }))
    const [trace] = await get(traceId)
    expect(JSON.parse(trace?.Segments[0]?.Document ?? '')).toEqual(segment())
  })

  it('survives documents that are nested as deep as 64 KB allow, and parents that are', async () => {
    const { put, get, segment, traceId } = start()
    const text = JSON.stringify(segment({ metadata: 0 }))
    await put(text.replace('"metadata":0', `"metadata":${'['.repeat(30_000)}${']'.repeat(30_000)}`))
    for (let first = 1; first < 10_001; first += 50) {
      const chain = Array.from({ length: 50 }, (_, n) => {
        const [id, parent_id] = [first + n, first + n - 1].map(number =>
          number.toString(16).padStart(16, 'b'),
        )
        return segment({ id, parent_id, type: 'subsegment' })
      })
      await put(...chain)
    }
    const [trace] = await get(traceId)
    expect(trace?.Segments.length).toBeGreaterThan(1)
  })

  it('gives what the cloud itself has recorded', async () => {
    const { service, get, segment, traceId } = start()
    service.record(SCOPE, segment())
    service.record(SCOPE, { nonsense: true })
    expect(await get(traceId)).toHaveLength(1)
    service.reset?.()
    expect(await get(traceId)).toEqual([])
  })
})

describe('assembling', () => {
  it('loses no document, whatever its parents, and never makes a circle', () => {
    const id = fc.integer({ min: 0, max: 8 }).map(n => `a00000000000000${n}`)
    const document = fc.record({
      id,
      parent_id: id,
      type: fc.constantFrom('subsegment', undefined),
      trace_id: fc.constant('t'),
      name: fc.constant('n'),
      start_time: fc.constant(1),
      end_time: fc.constant(2),
    })
    const unique = fc.uniqueArray(document, { selector: one => one.id })
    fc.assert(
      fc.property(unique, documents => {
        const ids = documents.map(one => one.id).sort()
        const text = JSON.stringify(assemble(documents as unknown as SegmentDocument[]))
        expect(Array.from(text.matchAll(/"id":"(\w+)"/g), match => match[1]).sort()).toEqual(ids)
      }),
    )
  })

  it('completes what was embedded in progress, and is linear in depth', () => {
    const base = { trace_id: 't', name: 'n', start_time: 1 }
    const embedded = { id: 'b', name: 'n', start_time: 1, in_progress: true, subsegments: [{ id: 'c' }] }
    const segment = { ...base, id: 'a', end_time: 3, subsegments: [embedded] }
    const alone = { ...base, id: 'b', parent_id: 'a', type: 'subsegment', end_time: 2 }
    expect(assemble([segment, alone])).toEqual([
      {
        ...base,
        id: 'a',
        end_time: 3,
        subsegments: [{ id: 'b', name: 'n', start_time: 1, end_time: 2, subsegments: [{ id: 'c' }] }],
      },
    ])
    const chain = Array.from({ length: 20_000 }, (_, n) => ({
      ...base,
      id: String(n),
      end_time: 2,
      ...(n > 0 && { parent_id: String(n - 1), type: 'subsegment' }),
    }))
    expect(assemble(chain)).toHaveLength(1)
  })
})

describe('the store of traces', () => {
  it('keeps the latest traces within its bounds', () => {
    const store = createTraceStore({ maxDocuments: 3, maxCharacters: 1e6 })
    for (let n = 0; n < 5; n++) {
      store.put(SCOPE, { id: 'a', trace_id: `t${n}`, name: 'n', start_time: 1, end_time: 2 }, '{}')
    }
    expect(store.documents(SCOPE, 't1')).toBeUndefined()
    expect(store.documents(SCOPE, 't4')).toHaveLength(1)
    expect(store.documents({ ...SCOPE, region: 'eu-west-1' }, 't4')).toBeUndefined()
  })
})

describe('GetSamplingRules', () => {
  it('has the default rule', async () => {
    const { call } = start()
    expect(await call('GetSamplingRules', {})).toMatchObject({
      SamplingRuleRecords: [
        {
          SamplingRule: {
            RuleName: 'Default',
            RuleARN: 'arn:aws:xray:us-east-1:123456789012:sampling-rule/Default',
            Priority: 10_000,
            FixedRate: 0.05,
            ReservoirSize: 1,
          },
        },
      ],
    })
  })
})
