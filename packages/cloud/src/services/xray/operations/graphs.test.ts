import { describe, expect, it } from 'vitest'
import { idOf, startService, traceIdAt } from '../test-service.ts'

/** `count` requests to `api`, every tenth a fault, each of which calls `table`. */
const load = async ({ put, now }: ReturnType<typeof startService>, count: number) => {
  for (let first = 0; first < count; first += 50) {
    const documents = Array.from({ length: Math.min(50, count - first) }, (_, n) => {
      const number = first + n
      const start_time = now + number
      return {
        id: idOf(1),
        trace_id: traceIdAt(now + number, number),
        name: 'api',
        start_time,
        end_time: start_time + (number % 4) / 1_000 + 0.25,
        ...(number % 10 === 0 && { fault: true }),
        subsegments: [
          {
            id: idOf(2),
            name: 'DynamoDB',
            namespace: 'aws',
            aws: { table_name: 'table' },
            start_time,
            end_time: start_time + 0.125,
          },
        ],
      }
    })
    await put(...documents)
  }
}

describe('GetServiceGraph', () => {
  it('counts all requests of the range, and is the sum of the traces', async () => {
    const service = startService()
    const { call, now, around } = service
    await load(service, 100)
    const { Services, StartTime, EndTime, ContainsOldGroupVersions } = await call('GetServiceGraph', around)
    expect([StartTime, EndTime, ContainsOldGroupVersions]).toEqual([around.StartTime, around.EndTime, false])
    const api = Services?.find(({ Name, Type }) => Name === 'api' && Type === undefined)
    expect(api).toMatchObject({
      Root: true,
      State: 'active',
      StartTime: new Date(now * 1_000),
      EndTime: new Date((now + 100) * 1_000),
      SummaryStatistics: {
        OkCount: 90,
        ErrorStatistics: { TotalCount: 0 },
        FaultStatistics: { OtherCount: 10, TotalCount: 10 },
        TotalCount: 100,
        TotalResponseTime: 25.15,
      },
      ResponseTimeHistogram: [0.25, 0.251, 0.252, 0.253].map(Value => ({ Value, Count: 25 })),
    })
    const traces = Array.from({ length: 100 }, (_, number) => traceIdAt(now + number, number))
    const graph = await call('GetTraceGraph', { TraceIds: traces })
    const plain = (services = Services) =>
      services
        ?.map(({ ReferenceId: _id, Edges, ...rest }) => ({
          ...rest,
          Edges: Edges?.map(({ ReferenceId, ...edge }) => ({
            ...edge,
            to: services.find(other => other.ReferenceId === ReferenceId)?.Name,
          })),
        }))
        .sort((a, b) => `${a.Type}`.localeCompare(`${b.Type}`))
    expect(plain(graph.Services)).toEqual(plain(Services))
  })

  it('keeps to the range and to the group', async () => {
    const service = startService()
    const { call, now, around } = service
    await load(service, 100)
    const counts = async (input: object) => {
      const { Services } = await call('GetServiceGraph', { ...around, ...input })
      return Services?.find(({ State }) => State === 'active')?.SummaryStatistics?.TotalCount
    }
    expect(
      await counts({ StartTime: new Date((now + 10.5) * 1_000), EndTime: new Date((now + 20) * 1_000) }),
    ).toBe(9)
    await call('CreateGroup', { GroupName: 'faults', FilterExpression: 'fault' })
    const { Group } = await call('CreateGroup', {
      GroupName: 'causes',
      FilterExpression: 'rootcause.fault.service { name = "api" }',
    })
    expect(await counts({ GroupName: 'faults' })).toBe(10)
    expect(await counts({ GroupARN: Group?.GroupARN })).toBe(10)
    expect(await counts({ GroupName: 'Default' })).toBe(100)
    await expect(counts({ GroupName: 'none' })).rejects.toMatchObject({ code: 'InvalidRequestException' })
  })
})

describe('GetTimeSeriesServiceStatistics', () => {
  it.each([
    [undefined, 'EdgeSummaryStatistics', 120],
    ['service("api")', 'ServiceSummaryStatistics', 60],
    ['id(name: "table", type: "AWS::DynamoDB::Table")', 'ServiceSummaryStatistics', 60],
    ['edge("api", "table")', 'EdgeSummaryStatistics', 60],
    ['service("api") { fault }', 'ServiceSummaryStatistics', 6],
  ])('counts by intervals: %s', async (EntitySelectorExpression, member, count) => {
    const service = startService()
    const { call, now, around } = service
    await load(service, 200)
    const { TimeSeriesServiceStatistics: series = [] } = await call('GetTimeSeriesServiceStatistics', {
      ...around,
      Period: 60,
      ...(EntitySelectorExpression !== undefined && { EntitySelectorExpression }),
    })
    const whole = Math.ceil(now / 60) * 60
    const interval = series.find(({ Timestamp }) => Timestamp?.getTime() === whole * 1_000)
    expect(interval).toMatchObject({ [member]: { TotalCount: count } })
    expect(interval?.ResponseTimeHistogram?.reduce((sum, { Count = 0 }) => sum + Count, 0)).toBe(count)
    expect(series.every(({ Timestamp }) => (Timestamp?.getTime() ?? 1) % 60_000 === 0)).toBe(true)
  })

  it.each([
    [{ ForecastStatistics: true }, 'NotImplemented'],
    [{ EntitySelectorExpression: 'fault' }, 'NotImplemented'],
    [{ EntitySelectorExpression: '' }, 'InvalidRequestException'],
    [{ EntitySelectorExpression: 'service(' }, 'InvalidRequestException'],
    [{ Period: 0 }, 'InvalidRequestException'],
  ])('refuses %o', async (input, code) => {
    const { call, around } = startService()
    await expect(call('GetTimeSeriesServiceStatistics', { ...around, ...input })).rejects.toMatchObject({
      code,
    })
  })
})
