import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDocument } from '../document/read-document.ts'
import { idOf, SCOPE, startService, traceIdAt } from '../test-service.ts'

const start = () => {
  const service = startService()
  const traceId = traceIdAt(service.now)
  const segment = (more: object = {}) => ({
    id: 'a000000000000001',
    trace_id: traceId,
    name: 'api',
    start_time: service.now,
    end_time: service.now + 2,
    ...more,
  })
  const get = async (...TraceIds: string[]) =>
    (await service.call('BatchGetTraces', { TraceIds })).Traces ?? []
  return { ...service, traceId, segment, get }
}

describe('PutTraceSegments', () => {
  const child = { id: 'b000000000000001', name: 'c', start_time: 1, end_time: 2 }
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
    // The time in a trace id is not checked: W3C ids have none.
    [{ trace_id: '1-zz000001-0123456789abcdef01234567' }, 'InvalidTraceId', 'a000000000000001'],
    [{ start_time: undefined }, 'MissingStartTime', 'a000000000000001'],
    [{ start_time: '1' }, 'InvalidTime', 'a000000000000001'],
    [{ end_time: undefined }, 'MissingEndTime', 'a000000000000001'],
    [{ parent_id: 'x' }, 'InvalidId', 'a000000000000001'],
    [{ metadata: 'x'.repeat(65_536) }, 'SegmentTooLarge', 'a000000000000001'],
    [{ metadata: 'ü'.repeat(32_768) }, 'SegmentTooLarge', 'a000000000000001'],
  ])('names what is wrong with %o: %s', async (bad, code, id) => {
    const { put, get, segment, traceId } = start()
    const document = typeof bad === 'string' ? bad : segment(bad)
    const good = segment({ id: 'a000000000000002' })
    const { UnprocessedTraceSegments } = await put(document, good)
    expect(UnprocessedTraceSegments).toEqual([
      { ...(id && { Id: id }), ErrorCode: code, Message: `Invalid segment. ErrorCode: ${code}` },
    ])
    expect((await get(traceId))[0]?.Segments?.map(({ Id }) => Id)).toEqual(['a000000000000002'])
  })

  it.each([
    [{ type: 'subsegment' }, 'MissingParentId'],
    [{ subsegments: {} }, 'InvalidSubsegments'],
    [{ subsegments: [1] }, 'InvalidSubsegments'],
    [{ subsegments: [{ ...child, id: undefined }] }, 'MissingId'],
    [{ subsegments: [{ ...child, subsegments: [{ ...child, name: 'a;b' }] }] }, 'InvalidName'],
    [{ subsegments: [{ ...child, end_time: undefined }] }, 'MissingEndTime'],
  ])('names what is wrong with a subsegment: %o: %s', async (bad, code) => {
    const { put, segment } = start()
    const { UnprocessedTraceSegments } = await put(segment(bad))
    expect(UnprocessedTraceSegments).toEqual([
      { Id: 'a000000000000001', ErrorCode: code, Message: `Invalid subsegment. ErrorCode: ${code}` },
    ])
  })

  it('takes at most 50 documents', async () => {
    const { put, segment } = start()
    await expect(put(...Array.from({ length: 51 }, () => segment()))).rejects.toMatchObject({
      code: 'InvalidRequestException',
    })
  })

  it('takes pretty-printed documents, unknown members, names of all languages and arrays of documents', async () => {
    const { put, get, segment, traceId } = start()
    const pretty = JSON.stringify(
      segment({ name: 'über größe/1', odd: { a: 'tab\t and newline\n' } }),
      null,
      2,
    )
    expect(await put(pretty.replaceAll('\n', '\r\n'))).toEqual({ UnprocessedTraceSegments: [] })
    expect(await put([segment({ id: idOf(2) }), segment({ id: idOf(3) })])).toEqual({
      UnprocessedTraceSegments: [],
    })
    const [trace] = await get(traceId)
    expect(trace?.Segments?.map(({ Document }) => JSON.parse(Document ?? ''))).toEqual([
      segment({ id: idOf(2) }),
      segment({ id: idOf(3) }),
      segment({ name: 'über größe/1', odd: { a: 'tab\t and newline\n' } }),
    ])
  })

  it('never fails on whatever it is sent', () => {
    const now = Date.now()
    const valid = {
      id: idOf(1),
      trace_id: traceIdAt(now / 1_000),
      name: 'n',
      start_time: 1,
      end_time: 2,
      subsegments: [{ id: idOf(2), name: 'n', start_time: 1, end_time: 2 }],
    }
    const mutated = fc
      .tuple(fc.constantFrom(...Object.keys(valid)), fc.jsonValue())
      .map(([member, value]) => JSON.stringify({ ...valid, [member]: value }))
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), mutated), text => {
        const read = readDocument(text)
        expect(
          'document' in read || /^Invalid (sub)?segment\. ErrorCode: \w+$/.test(read.error.message),
        ).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('refuses documents that nest deeper than could be given back', async () => {
    const { put, segment, get, traceId } = start()
    const nested = (depth: number) =>
      JSON.stringify(segment({ metadata: 0, quoted: '[[[{{"' })).replace(
        '"metadata":0',
        `"metadata":${'['.repeat(depth)}${']'.repeat(depth)}`,
      )
    expect((await put(nested(30_000))).UnprocessedTraceSegments).toMatchObject([{ ErrorCode: 'ParseError' }])
    expect((await put(nested(999))).UnprocessedTraceSegments).toEqual([])
    expect((await get(traceId))[0]?.Segments).toHaveLength(1)
  })
})

describe('what the cloud itself records', () => {
  it('is found like what clients send, and never throws', async () => {
    const { service, get, segment, traceId } = start()
    const circle: Record<string, unknown> = {}
    circle.circle = circle
    service.record(SCOPE, segment())
    service.record(SCOPE, { nonsense: true })
    service.record(SCOPE, circle)
    expect(await get(traceId)).toHaveLength(1)
    expect(service.counters()).toEqual({ received: 3, unprocessed: 2, dropped: 0 })
    service.reset?.()
    expect(await get(traceId)).toEqual([])
    service.record(SCOPE, segment())
    expect(await get(traceId)).toHaveLength(1)
  })

  it('belongs to one account and region', async () => {
    const { service, call, segment, traceId } = start()
    service.record({ ...SCOPE, region: 'eu-west-1' }, segment())
    const input = { TraceIds: [traceId] }
    expect((await call('BatchGetTraces', input)).Traces).toEqual([])
    expect((await call('BatchGetTraces', input, { ...SCOPE, region: 'eu-west-1' })).Traces).toHaveLength(1)
  })
})

describe('PutTelemetryRecords', () => {
  it('takes records and refuses what is too long', async () => {
    const { call } = start()
    expect(await call('PutTelemetryRecords', { TelemetryRecords: [] })).toEqual({})
    await expect(
      call('PutTelemetryRecords', { TelemetryRecords: [], EC2InstanceId: 'i'.repeat(21) }),
    ).rejects.toMatchObject({ code: 'InvalidRequestException' })
  })
})
