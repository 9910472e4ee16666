import {
  BatchGetTracesCommand,
  GetInsightSummariesCommand,
  GetServiceGraphCommand,
  GetTraceSummariesCommand,
  PutTraceSegmentsCommand,
  paginateGetTraceSummaries,
  XRayClient,
} from '@aws-sdk/client-xray'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestCloud } from '../../testing.ts'
import { idOf, traceIdAt } from './test-service.ts'

describe('X-Ray through its official client', () => {
  let cloud: Awaited<ReturnType<typeof startTestCloud>>
  let client: XRayClient
  const now = Math.floor(Date.now() / 1_000)
  const range = { StartTime: new Date((now - 60) * 1_000), EndTime: new Date((now + 60) * 1_000) }

  beforeAll(async () => {
    cloud = await startTestCloud()
    client = new XRayClient(cloud.client)
  })
  afterAll(async () => {
    client.destroy()
    await cloud.stop()
  })

  it('takes segments and finds them', async () => {
    const trace_id = traceIdAt(now, 1)
    const document = {
      id: idOf(1),
      trace_id,
      name: 'api',
      start_time: now + 0.125,
      end_time: now + 0.625,
      annotations: { tenant: 'acme' },
    }
    const put = await client.send(
      new PutTraceSegmentsCommand({ TraceSegmentDocuments: [JSON.stringify(document), '{"name":"x"}'] }),
    )
    expect(put.UnprocessedTraceSegments).toEqual([
      { ErrorCode: 'MissingId', Message: 'Invalid segment. ErrorCode: MissingId' },
    ])
    const pages = paginateGetTraceSummaries(
      { client },
      { ...range, FilterExpression: 'annotation.tenant = "acme"' },
    )
    for await (const { TraceSummaries } of pages) {
      expect(TraceSummaries).toMatchObject([
        {
          Id: trace_id,
          StartTime: new Date((now + 0.125) * 1_000),
          ResponseTime: 0.5,
          Annotations: {
            tenant: [{ AnnotationValue: { StringValue: 'acme' }, ServiceIds: [{ Name: 'api' }] }],
          },
        },
      ])
    }
    const { Traces } = await client.send(new BatchGetTracesCommand({ TraceIds: [trace_id] }))
    expect(JSON.parse(Traces?.[0]?.Segments?.[0]?.Document ?? '')).toEqual(document)
    const { Services } = await client.send(new GetServiceGraphCommand(range))
    expect(Services?.map(({ Name, Type }) => [Name, Type])).toEqual([
      ['api', undefined],
      ['api', 'client'],
    ])
  })

  it('says what is wrong, and what it does not do', async () => {
    await expect(
      client.send(new GetTraceSummariesCommand({ ...range, FilterExpression: 'fault AND AND' })),
    ).rejects.toMatchObject({ name: 'InvalidRequestException', $metadata: { httpStatusCode: 400 } })
    await expect(
      client.send(new GetInsightSummariesCommand({ ...range, GroupName: 'Default' })),
    ).rejects.toMatchObject({ name: 'NotImplemented', $metadata: { httpStatusCode: 501 } })
  })
})
