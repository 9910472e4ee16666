import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  DeleteDashboardsCommand,
  GetDashboardCommand,
  ListDashboardsCommand,
  ListTagsForResourceCommand,
  PutDashboardCommand,
  type Tag,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch'
import { AwsJson1_0Protocol, AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestCloud } from '../../../testing.ts'

let cloud: Awaited<ReturnType<typeof startTestCloud>>
beforeAll(async () => {
  cloud = await startTestCloud()
})
afterAll(() => cloud.stop())

const ARN = 'arn:aws:cloudwatch::123456789012:dashboard/main'
const BODY = '{"widgets":[{"type":"text","extra":1,"properties":{"markdown":"# Größe"}}]}'

describe.each([
  ['JSON', AwsJson1_0Protocol],
  ['CBOR', AwsSmithyRpcV2CborProtocol],
  ['Query', AwsQueryProtocol],
])('a dashboard in %s', (_name, protocol) => {
  let client: CloudWatchClient
  beforeAll(() => {
    client = new CloudWatchClient({ ...cloud.client, protocol } as CloudWatchClientConfig)
  })
  afterAll(() => client.destroy())

  it('is put with its warnings, read, listed and deleted', async () => {
    const put = await client.send(new PutDashboardCommand({ DashboardName: 'main', DashboardBody: BODY }))
    expect(put.DashboardValidationMessages).toEqual([
      {
        DataPath: '/widgets/0',
        Message: 'The "extra" property is not expected to be part of a widget definition, will be ignored',
      },
    ])
    expect(await client.send(new GetDashboardCommand({ DashboardName: 'main' }))).toMatchObject({
      DashboardArn: ARN,
      DashboardBody: BODY,
      DashboardName: 'main',
    })
    const { DashboardEntries } = await client.send(new ListDashboardsCommand({ DashboardNamePrefix: 'ma' }))
    expect(DashboardEntries).toEqual([
      {
        DashboardArn: ARN,
        DashboardName: 'main',
        LastModified: expect.any(Date),
        Size: Buffer.byteLength(BODY),
      },
    ])
    await client.send(new DeleteDashboardsCommand({ DashboardNames: ['main'] }))
    await expect(client.send(new GetDashboardCommand({ DashboardName: 'main' }))).rejects.toMatchObject({
      message: 'Dashboard main does not exist',
      $metadata: { httpStatusCode: 404 },
    })
  })

  it('has the tags of its creation, which TagResource and UntagResource alone change', async () => {
    const tagsOf = async () => (await client.send(new ListTagsForResourceCommand({ ResourceARN: ARN }))).Tags
    const put = (...Tags: Tag[]) =>
      client.send(new PutDashboardCommand({ DashboardName: 'main', DashboardBody: BODY, Tags }))
    await put({ Key: 'team', Value: 'ml' })
    await put({ Key: 'team', Value: 'ignored' })
    expect(await tagsOf()).toEqual([{ Key: 'team', Value: 'ml' }])
    const Tags = [{ Key: 'stage', Value: 'prod' }]
    await client.send(new TagResourceCommand({ ResourceARN: ARN, Tags }))
    await client.send(new UntagResourceCommand({ ResourceARN: ARN, TagKeys: ['team', 'none'] }))
    expect(await tagsOf()).toEqual([{ Key: 'stage', Value: 'prod' }])
    await put()
    expect(await tagsOf()).toEqual([{ Key: 'stage', Value: 'prod' }])
    await client.send(new DeleteDashboardsCommand({ DashboardNames: ['main'] }))
    await expect(tagsOf()).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } })
    await put()
    expect(await tagsOf()).toEqual([])
    await client.send(new DeleteDashboardsCommand({ DashboardNames: ['main'] }))
  })

  it('is refused where it is wrong, with every error', async () => {
    const put = client.send(
      new PutDashboardCommand({ DashboardName: 'bad', DashboardBody: '{"widgets":[{}]}' }),
    )
    await expect(put).rejects.toMatchObject({
      message: expect.stringMatching(
        /^The dashboard body is invalid, there are 2 validation errors:[\s\S]*'type'[\s\S]*'properties'/,
      ),
      $metadata: { httpStatusCode: 400 },
    })
  })
})
