import { describe, expect, it } from 'vitest'
import type { Entity } from '../document/entity.ts'
import { mergeDocuments } from '../document/merge.ts'
import { addVisit, createServiceGraph } from './service-graph.ts'
import { visitsOf } from './visits.ts'

const servicesOf = (...documents: object[]) => {
  const graph = createServiceGraph()
  for (const visit of visitsOf(mergeDocuments(documents as Entity[]))) addVisit(graph, visit)
  return graph.services()
}

const T = 1_528_317_567

describe('the graph of a trace', () => {
  it('draws client, service, table and topic, as in the guide', () => {
    const services = servicesOf({
      id: '0000000000000001',
      name: 'scorekeep',
      origin: 'AWS::EC2::Instance',
      start_time: T,
      end_time: T + 0.25,
      error: true,
      subsegments: [
        {
          id: '0000000000000002',
          name: '## local',
          start_time: T,
          end_time: T + 0.1,
          subsegments: [
            {
              id: '0000000000000003',
              name: 'DynamoDB',
              namespace: 'aws',
              start_time: T,
              end_time: T + 0.0124,
              aws: { table_name: 'scorekeep-user' },
            },
          ],
        },
        {
          id: '0000000000000004',
          name: 'SNS',
          namespace: 'aws',
          start_time: T,
          end_time: T + 0.05,
          fault: true,
          aws: { topic_arn: 'arn:…' },
        },
      ],
    })
    const times = { StartTime: new Date(T * 1_000), EndTime: new Date((T + 1) * 1_000) }
    const statistics = (ok: number, error: number, fault: number, time: number) => ({
      OkCount: ok,
      ErrorStatistics: { ThrottleCount: 0, OtherCount: error, TotalCount: error },
      FaultStatistics: { OtherCount: fault, TotalCount: fault },
      TotalCount: 1,
      TotalResponseTime: time,
    })
    const seen = (ok: number, error: number, fault: number, time: number) => ({
      SummaryStatistics: statistics(ok, error, fault, time),
      ResponseTimeHistogram: [{ Value: time, Count: 1 }],
    })
    const edge = (ReferenceId: number | undefined, of: object) => ({
      ReferenceId,
      ...times,
      ...of,
      Aliases: [],
    })
    const byType = new Map(services.map(service => [service.Type, service]))
    const number = (type: string) => byType.get(type)?.ReferenceId
    const durations = (time: number) => ({ DurationHistogram: [{ Value: time, Count: 1 }] })
    expect(services).toHaveLength(4)
    expect(byType.get('client')).toEqual({
      ReferenceId: number('client'),
      Name: 'scorekeep',
      Names: ['scorekeep'],
      Type: 'client',
      State: 'unknown',
      ...times,
      Edges: [edge(number('AWS::EC2::Instance'), seen(0, 1, 0, 0.25))],
    })
    expect(byType.get('AWS::EC2::Instance')).toEqual({
      ReferenceId: number('AWS::EC2::Instance'),
      Name: 'scorekeep',
      Names: ['scorekeep'],
      Root: true,
      Type: 'AWS::EC2::Instance',
      State: 'active',
      ...times,
      Edges: [
        edge(number('AWS::SNS'), seen(0, 0, 1, 0.05)),
        edge(number('AWS::DynamoDB::Table'), seen(1, 0, 0, 0.012)),
      ],
      ...seen(0, 1, 0, 0.25),
      ...durations(0.25),
    })
    expect(byType.get('AWS::DynamoDB::Table')).toEqual({
      ReferenceId: number('AWS::DynamoDB::Table'),
      Name: 'scorekeep-user',
      Names: ['scorekeep-user'],
      Type: 'AWS::DynamoDB::Table',
      State: 'unknown',
      ...times,
      Edges: [],
      ...seen(1, 0, 0, 0.012),
      ...durations(0.012),
    })
    expect(byType.get('AWS::SNS')).toMatchObject({ Name: 'SNS', State: 'unknown', ...seen(0, 0, 1, 0.05) })
  })

  it('keeps apart what caller and service saw, and a function from its service', () => {
    const services = servicesOf(
      {
        id: '0000000000000001',
        name: 'api',
        start_time: T,
        end_time: T + 1,
        subsegments: [
          {
            id: '0000000000000002',
            name: 'Lambda',
            namespace: 'aws',
            start_time: T,
            end_time: T + 0.9,
            fault: true,
            aws: { function_name: 'predict' },
          },
        ],
      },
      {
        id: '0000000000000003',
        name: 'predict',
        parent_id: '0000000000000002',
        origin: 'AWS::Lambda',
        start_time: T + 0.1,
        end_time: T + 0.8,
        aws: { account_id: '123456789012' },
      },
      {
        id: '0000000000000004',
        name: 'predict',
        parent_id: '0000000000000003',
        origin: 'AWS::Lambda::Function',
        start_time: T + 0.5,
        end_time: T + 0.7,
        aws: { account_id: '123456789012' },
        subsegments: [
          { id: '0000000000000005', name: 'Initialization', start_time: T + 0.2, end_time: T + 0.45 },
        ],
      },
    )
    expect(services.map(({ Name, Type }) => [Name, Type]).sort()).toEqual([
      ['api', undefined],
      ['api', 'client'],
      ['predict', 'AWS::Lambda'],
      ['predict', 'AWS::Lambda::Function'],
    ])
    const api = services.find(({ Name, Type }) => Name === 'api' && Type === undefined)
    const lambda = services.find(({ Type }) => Type === 'AWS::Lambda')
    const handler = services.find(({ Type }) => Type === 'AWS::Lambda::Function')
    expect(api?.Edges).toMatchObject([
      {
        ReferenceId: lambda?.ReferenceId,
        SummaryStatistics: { FaultStatistics: { TotalCount: 1 }, TotalResponseTime: 0.9 },
      },
    ])
    expect(lambda).toMatchObject({ SummaryStatistics: { OkCount: 1, TotalResponseTime: 0.7 } })
    expect(lambda?.AccountId).toBeUndefined()
    expect(lambda?.Edges).toMatchObject([
      { ReferenceId: handler?.ReferenceId, SummaryStatistics: { OkCount: 1, TotalResponseTime: 0.2 } },
    ])
    // What ran before the function's own start counts for its duration alone.
    expect(handler).toMatchObject({
      AccountId: '123456789012',
      ResponseTimeHistogram: [{ Value: 0.2, Count: 1 }],
      DurationHistogram: [{ Value: 0.5, Count: 1 }],
    })
  })

  it('shows what is in progress without statistics', () => {
    const [service] = servicesOf({ id: '0000000000000001', name: 'api', start_time: T, in_progress: true })
    expect(service).toMatchObject({
      State: 'active',
      SummaryStatistics: { TotalCount: 0, TotalResponseTime: 0 },
      ResponseTimeHistogram: [],
    })
  })

  it.each([
    [{ name: 'DynamoDB' }, 'DynamoDB', 'AWS::DynamoDB'],
    [{ name: 'DynamoDB', aws: { table_names: ['a', 'b'] } }, 'DynamoDB', 'AWS::DynamoDB'],
    [{ name: 'dynamodb', aws: { table_names: ['a'] } }, 'a', 'AWS::DynamoDB::Table'],
    [{ name: 'SQS', aws: { queue_url: 'https://q' } }, 'https://q', 'AWS::SQS::Queue'],
    [{ name: 'S3', aws: { bucket_name: 'b' } }, 'b', 'AWS::S3::Bucket'],
    [{ name: 'SageMaker' }, 'SageMaker', 'AWS::SageMaker'],
    [{ name: 'api.example.com', namespace: 'remote' }, 'api.example.com', 'remote'],
    [{ name: 'db@host', namespace: 'remote', sql: {} }, 'db@host', 'Database::SQL'],
  ])('infers what %o called', (call, name, type) => {
    const child = { id: '0000000000000002', start_time: T, end_time: T, namespace: 'aws', ...call }
    const root = { id: '0000000000000001', name: 'root', start_time: T, end_time: T, subsegments: [child] }
    const [inferred] = servicesOf(root).filter(({ Name, State }) => State === 'unknown' && Name !== 'root')
    expect(inferred).toMatchObject({ Name: name, Type: type })
  })
})
