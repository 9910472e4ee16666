import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  GetTemplateSummaryCommand,
  ListStacksCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation'
import { createWireServer, type Handlers } from '@sonde/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { APIS } from '../../apis.ts'
import type { RequestContext } from '../../kernel/context.ts'
import { CONTEXT, createTestCloud, type TestCloud, template, thing } from './testing.ts'

const serve = async (cloud: TestCloud): Promise<Server> => {
  const handlers = cloud.service.apis[0]?.operations as Handlers<RequestContext>
  const wire = createWireServer<RequestContext>({
    apis: APIS,
    handlers: { cloudformation: handlers },
    contextOf: () => CONTEXT,
    onDefect: error => cloud.defects.push(error),
  })
  const server = createServer(async (request, response) => {
    const [path = '/', query = ''] = (request.url ?? '/').split('?')
    const headers = Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, v?.toString()]))
    const { response: answer } = await wire.handle({
      method: request.method ?? 'GET',
      path,
      query: new URLSearchParams(query),
      headers,
      body: request,
    })
    response.writeHead(answer.status, answer.headers)
    const { body } = answer
    await pipeline(body instanceof Readable ? body : Readable.from([body]), response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return server
}

describe('the official client', () => {
  const cloud = createTestCloud()
  let server: Server
  let client: CloudFormationClient

  beforeAll(async () => {
    server = await serve(cloud)
    client = new CloudFormationClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    })
  })
  afterAll(() => {
    client.destroy()
    server.close()
  })

  const body = template(
    { A: thing({ Name: 'a' }) },
    {
      Description: 'a & b <c>',
      Parameters: { Secret: { Type: 'String', NoEcho: true }, Size: { Type: 'Number', Default: 1 } },
      Outputs: { Id: { Value: { Ref: 'A' }, Export: { Name: 'shared' } } },
    },
  )

  it('creates a stack, waits for it, reads it and deletes it', async () => {
    const { StackId } = await client.send(
      new CreateStackCommand({
        StackName: 'demo',
        TemplateBody: body,
        Parameters: [{ ParameterKey: 'Secret', ParameterValue: 's3cret' }],
        Tags: [{ Key: 'team', Value: 'ml' }],
      }),
    )
    await waitUntilStackCreateComplete({ client, maxWaitTime: 5, minDelay: 1 }, { StackName: 'demo' })
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'demo' }))
    expect(Stacks).toMatchObject([
      {
        StackId,
        StackName: 'demo',
        Description: 'a & b <c>',
        StackStatus: 'CREATE_COMPLETE',
        CreationTime: new Date('2030-01-01T00:00:00Z'),
        Parameters: [
          { ParameterKey: 'Secret', ParameterValue: '****' },
          { ParameterKey: 'Size', ParameterValue: '1' },
        ],
        Outputs: [{ OutputKey: 'Id', OutputValue: 'a', ExportName: 'shared' }],
        Tags: [{ Key: 'team', Value: 'ml' }],
        DisableRollback: false,
      },
    ])
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: StackId }))
    expect(StackEvents[0]).toMatchObject({ LogicalResourceId: 'demo', ResourceStatus: 'CREATE_COMPLETE' })

    await client.send(new DeleteStackCommand({ StackName: 'demo' }))
    await waitUntilStackDeleteComplete({ client, maxWaitTime: 5, minDelay: 1 }, { StackName: 'demo' })
    const { StackSummaries } = await client.send(
      new ListStacksCommand({ StackStatusFilter: ['DELETE_COMPLETE'] }),
    )
    expect(StackSummaries).toMatchObject([{ StackName: 'demo', TemplateDescription: 'a & b <c>' }])
  })

  it('gets the errors that it has classes for', async () => {
    await expect(client.send(new DescribeStacksCommand({ StackName: 'none' }))).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id none does not exist',
      $metadata: { httpStatusCode: 400 },
    })
    await client.send(
      new CreateChangeSetCommand({
        StackName: 'review',
        ChangeSetName: 'set',
        ChangeSetType: 'CREATE',
        TemplateBody: template({ A: thing() }),
      }),
    )
    await expect(
      client.send(new DescribeChangeSetCommand({ StackName: 'review', ChangeSetName: 'none' })),
    ).rejects.toMatchObject({
      name: 'ChangeSetNotFoundException',
      message: 'ChangeSet [none] does not exist',
      $metadata: { httpStatusCode: 404 },
    })
  })

  it('reads what a template declares', async () => {
    const summary = await client.send(new GetTemplateSummaryCommand({ TemplateBody: body }))
    expect(summary).toMatchObject({
      Description: 'a & b <c>',
      ResourceTypes: ['Test::Fake::Thing'],
      Parameters: [
        { ParameterKey: 'Secret', ParameterType: 'String', NoEcho: true },
        { ParameterKey: 'Size', ParameterType: 'Number', DefaultValue: '1', NoEcho: false },
      ],
    })
    expect(cloud.defects).toEqual([])
  })
})
