import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TagResourceCommand,
  TransactWriteItemsCommand,
  UntagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDynamoDb } from './test-server.ts'

let running: Awaited<ReturnType<typeof startDynamoDb>>
beforeAll(async () => {
  running = await startDynamoDb()
})
afterAll(() => running.stop())

let number = 0
const flights = async (more: Partial<CreateTableCommandInput> = {}): Promise<string> => {
  const TableName = `flights-${++number}`
  await running.client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      ...more,
    }),
  )
  return TableName
}

describe('items', () => {
  it('are returned as they were put, of all types', async () => {
    const TableName = await flights()
    const Item = {
      id: { S: 'naïve ✈' },
      n: { N: '3.14' },
      b: { B: new Uint8Array([0, 255]) },
      l: { L: [{ BOOL: true }, { NULL: true }] },
      m: { M: { s: { SS: ['a', 'b'] } } },
    }
    await running.client.send(new PutItemCommand({ TableName, Item }))
    const { Item: read } = await running.client.send(new GetItemCommand({ TableName, Key: { id: Item.id } }))
    expect(read).toEqual(Item)
  })

  it('that do not exist are absent from the answer', async () => {
    const TableName = await flights()
    const { Item } = await running.client.send(new GetItemCommand({ TableName, Key: { id: { S: 'x' } } }))
    expect(Item).toBeUndefined()
  })

  it('are read in one batch, projected, from several tables', async () => {
    const [first, second] = [await flights(), await flights()]
    await running.client.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [first]: [{ PutRequest: { Item: { id: { S: 'JFK' }, lat: { N: '40' }, lon: { N: '-73' } } } }],
          [second]: [{ PutRequest: { Item: { id: { S: 'AA' }, name: { S: 'American' } } } }],
        },
      }),
    )
    const answer = await running.client.send(
      new BatchGetItemCommand({
        RequestItems: {
          [first]: { Keys: [{ id: { S: 'JFK' } }, { id: { S: 'none' } }], ProjectionExpression: 'lat' },
          [second]: { Keys: [{ id: { S: 'AA' } }] },
        },
      }),
    )
    expect(answer.Responses).toEqual({
      [first]: [{ lat: { N: '40' } }],
      [second]: [{ id: { S: 'AA' }, name: { S: 'American' } }],
    })
    expect(answer.UnprocessedKeys).toEqual({})
    expect(answer.ConsumedCapacity).toBeUndefined()
  })

  it('are updated, queried by index and scanned', async () => {
    const TableName = await flights({
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'carrier', AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-carrier',
          KeySchema: [{ AttributeName: 'carrier', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    })
    for (const id of ['1', '2', '3']) {
      await running.client.send(
        new UpdateItemCommand({
          TableName,
          Key: { id: { S: id } },
          UpdateExpression: 'SET carrier = :c ADD seats :n',
          ExpressionAttributeValues: { ':c': { S: id === '3' ? 'DL' : 'AA' }, ':n': { N: '10' } },
        }),
      )
    }
    const query = await running.client.send(
      new QueryCommand({
        TableName,
        IndexName: 'by-carrier',
        KeyConditionExpression: 'carrier = :c',
        ExpressionAttributeValues: { ':c': { S: 'AA' } },
      }),
    )
    expect(query.Items?.map(item => item.id?.S).sort()).toEqual(['1', '2'])
    const scan = await running.client.send(new ScanCommand({ TableName, ConsistentRead: true }))
    expect(scan.Count).toBe(3)
  })

  it('say why a condition failed with the item as it is, when asked', async () => {
    const TableName = await flights()
    const Item = { id: { S: 'a' }, owner: { S: 'me' } }
    await running.client.send(new PutItemCommand({ TableName, Item }))
    const put = (ReturnValuesOnConditionCheckFailure: 'ALL_OLD' | 'NONE') =>
      running.client.send(
        new PutItemCommand({
          TableName,
          Item: { id: { S: 'a' } },
          ConditionExpression: 'attribute_not_exists(id)',
          ReturnValuesOnConditionCheckFailure,
        }),
      )
    const asked = await put('ALL_OLD').catch(error => error)
    expect(asked).toBeInstanceOf(ConditionalCheckFailedException)
    expect(asked).toMatchObject({ Item, message: 'The conditional request failed' })
    const unasked = await put('NONE').catch(error => error)
    expect(unasked).toBeInstanceOf(ConditionalCheckFailedException)
    expect(unasked.Item).toBeUndefined()
  })

  it('of a table that does not exist are an error', async () => {
    const get = new GetItemCommand({ TableName: 'missing', Key: { id: { S: 'x' } } })
    await expect(running.client.send(get)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Requested resource not found',
      $metadata: { httpStatusCode: 400 },
    })
  })

  it('with a key of another type are an error', async () => {
    const TableName = await flights()
    await expect(
      running.client.send(new GetItemCommand({ TableName, Key: { id: { N: '1' } } })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'The provided key element does not match the schema',
    })
  })
})

describe('tables', () => {
  it('are active at once, with the ARN of their account and region', async () => {
    const TableName = await flights({
      DeletionProtectionEnabled: false,
      TableClass: 'STANDARD_INFREQUENT_ACCESS',
    })
    const { Table } = await running.client.send(new DescribeTableCommand({ TableName }))
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      TableArn: `arn:aws:dynamodb:us-east-1:123456789012:table/${TableName}`,
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      DeletionProtectionEnabled: false,
      TableClassSummary: { TableClass: 'STANDARD_INFREQUENT_ACCESS' },
    })
  })

  it('in another partition have its ARN, which finds their tags', async () => {
    const china = await startDynamoDb({ region: 'cn-north-1' })
    try {
      const { TableDescription } = await china.client.send(
        new CreateTableCommand({
          TableName: 'flights',
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        }),
      )
      const ResourceArn = TableDescription?.TableArn
      expect(ResourceArn).toBe('arn:aws-cn:dynamodb:cn-north-1:123456789012:table/flights')
      await china.client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'team', Value: 'ml' }] }))
      const { Tags } = await china.client.send(new ListTagsOfResourceCommand({ ResourceArn }))
      expect(Tags).toEqual([{ Key: 'team', Value: 'ml' }])
    } finally {
      await china.stop()
    }
  })

  it('carry the tags they were made with, until those are taken off', async () => {
    const TableName = await flights({
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    })
    const ResourceArn = `arn:aws:dynamodb:us-east-1:123456789012:table/${TableName}`
    await running.client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }))
    const { Tags } = await running.client.send(new ListTagsOfResourceCommand({ ResourceArn }))
    expect(Tags).toEqual([{ Key: 'b', Value: '2' }])
  })

  it('protected against deletion stay until they no longer are', async () => {
    const TableName = await flights({ DeletionProtectionEnabled: true })
    await expect(running.client.send(new DeleteTableCommand({ TableName }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('currently protected against deletion'),
    })
    await running.client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }))
    await running.client.send(new DeleteTableCommand({ TableName }))
    const { TableNames } = await running.client.send(new ListTablesCommand({}))
    expect(TableNames).not.toContain(TableName)
  })

  it('are listed in pages', async () => {
    const made = [await flights(), await flights(), await flights()]
    const names: string[] = []
    for (let start: string | undefined; ; ) {
      const page = await running.client.send(
        new ListTablesCommand({ Limit: 2, ...(start && { ExclusiveStartTableName: start }) }),
      )
      names.push(...(page.TableNames ?? []))
      start = page.LastEvaluatedTableName
      if (!start) break
    }
    expect(names).toEqual(expect.arrayContaining(made))
    expect(names).toEqual([...new Set(names)].sort())
  })

  it('change their capacity and billing mode', async () => {
    const TableName = await flights()
    await running.client.send(
      new UpdateTableCommand({
        TableName,
        BillingMode: 'PROVISIONED',
        ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 3 },
      }),
    )
    const { Table } = await running.client.send(new DescribeTableCommand({ TableName }))
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 3 },
    })
  })

  it('made twice are an error, and the first stays', async () => {
    const TableName = await flights()
    await expect(
      running.client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'k', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'k', KeyType: 'HASH' }],
        }),
      ),
    ).rejects.toMatchObject({ name: 'ResourceInUseException' })
    const { Table } = await running.client.send(new DescribeTableCommand({ TableName }))
    expect(Table?.KeySchema).toEqual([{ AttributeName: 'id', KeyType: 'HASH' }])
  })

  it('have no backups and no time to live, and say so', async () => {
    const TableName = await flights()
    const backups = await running.client.send(new DescribeContinuousBackupsCommand({ TableName }))
    expect(backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toEqual({
      PointInTimeRecoveryStatus: 'DISABLED',
    })
    const ttl = await running.client.send(new DescribeTimeToLiveCommand({ TableName }))
    expect(ttl.TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'DISABLED' })
  })
})

describe('what protects a table', () => {
  it('is encryption with the key that AWS manages, switched on and off', async () => {
    const TableName = await flights({ SSESpecification: { Enabled: true, SSEType: 'KMS' } })
    const describe = async () =>
      (await running.client.send(new DescribeTableCommand({ TableName }))).Table?.SSEDescription
    expect(await describe()).toEqual({ Status: 'ENABLED', SSEType: 'KMS' })
    await running.client.send(new UpdateTableCommand({ TableName, SSESpecification: { Enabled: false } }))
    expect(await describe()).toBeUndefined()
  })

  it('is point-in-time recovery, described as it was set and in no other place', async () => {
    const TableName = await flights()
    const set = (PointInTimeRecoveryEnabled: boolean, RecoveryPeriodInDays?: number) =>
      running.client.send(
        new UpdateContinuousBackupsCommand({
          TableName,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled, RecoveryPeriodInDays },
        }),
      )
    const { ContinuousBackupsDescription: backups } = await set(true)
    expect(backups?.PointInTimeRecoveryDescription).toEqual({
      PointInTimeRecoveryStatus: 'ENABLED',
      RecoveryPeriodInDays: 35,
    })
    const described = await running.client.send(new DescribeContinuousBackupsCommand({ TableName }))
    expect(described.ContinuousBackupsDescription).toEqual(backups)
    const table = await running.service.handle({
      body: Buffer.from(JSON.stringify({ TableName })),
      target: 'DescribeTable',
      scope: running.scope,
      requestId: 'r',
    })
    expect(table.body.toString()).not.toContain('Recovery')
    await expect(set(true, 36)).rejects.toMatchObject({ name: 'ValidationException' })
    const off = await set(false)
    expect(off.ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toEqual({
      PointInTimeRecoveryStatus: 'DISABLED',
    })
  })
})

describe('what is not implemented', () => {
  it.each([
    ['dynamodb:TransactWriteItems', new TransactWriteItemsCommand({ TransactItems: [] })],
    [
      'dynamodb:UpdateTimeToLive',
      new UpdateTimeToLiveCommand({
        TableName: 'abc',
        TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' },
      }),
    ],
  ])('answers 501 naming the operation: %s', async (name, command) => {
    await expect(running.client.send(command as UpdateTimeToLiveCommand)).rejects.toMatchObject({
      name: 'NotImplemented',
      message: `${name} is not implemented by Sonde.`,
      $metadata: { httpStatusCode: 501 },
    })
  })

  it.each<[string, Partial<CreateTableCommandInput>]>([
    ['StreamSpecification', { StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } }],
    ['SSESpecification.KMSMasterKeyId', { SSESpecification: { Enabled: true, KMSMasterKeyId: 'alias/own' } }],
    ['OnDemandThroughput', { OnDemandThroughput: { MaxReadRequestUnits: 1 } }],
    [
      'GlobalSecondaryIndexes.WarmThroughput',
      {
        GlobalSecondaryIndexes: [
          {
            IndexName: 'idx',
            KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
            WarmThroughput: { ReadUnitsPerSecond: 1 },
          },
        ],
      },
    ],
  ])('is refused by the name of the member: %s', async (member, more) => {
    await expect(flights(more)).rejects.toMatchObject({
      name: 'NotImplemented',
      message: `dynamodb:CreateTable with ${member} is not implemented by Sonde.`,
    })
  })

  it('is refused where dynalite would pass over a new index in silence', async () => {
    const TableName = await flights()
    const update = new UpdateTableCommand({
      TableName,
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: 'idx',
            KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        },
      ],
    })
    await expect(running.client.send(update)).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('GlobalSecondaryIndexUpdates.Create'),
    })
  })
})

describe('the protocol', () => {
  it('answers a body that is no JSON object with SerializationException and its checksum', async () => {
    for (const body of ['', '{', '[]', 'null']) {
      const response = await fetch(running.url, {
        method: 'POST',
        body,
        headers: { 'x-amz-target': 'DynamoDB_20120810.GetItem' },
      })
      expect(response.status).toBe(400)
      expect(response.headers.get('x-amz-crc32')).toBe('3948637019')
      expect(await response.text()).toBe('{"__type":"com.amazon.coral.service#SerializationException"}')
    }
  })

  it('survives whatever JSON it is sent', async () => {
    const TableName = await flights()
    const operations = [
      'GetItem',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'Query',
      'Scan',
      'BatchGetItem',
      'TagResource',
    ]
    const text = fc.constantFrom('id', '#a', ':v', 'id = :v', 'SET a = :v', 'a.b[0]', '', 'size(a) > :v')
    const value = fc.oneof(
      fc.constantFrom({ S: 'x' }, { N: '1' }, { N: 'x' }, { B: 'AA==' }, { L: [{ S: '' }] }, { M: {} }, {}),
      fc.jsonValue({ maxDepth: 2 }),
    )
    const map = fc.dictionary(fc.constantFrom('id', 'a', '#a', ':v', 'b'), value, { noNullPrototype: true })
    const input = fc.record(
      {
        TableName: fc.oneof(
          { weight: 5, arbitrary: fc.constant<unknown>(TableName) },
          fc.jsonValue({ maxDepth: 1 }),
        ),
        Key: map,
        Item: map,
        RequestItems: fc.dictionary(
          fc.constant(TableName),
          fc.oneof(map, fc.record({ Keys: fc.array(map) })),
          {
            noNullPrototype: true,
          },
        ),
        KeyConditionExpression: text,
        FilterExpression: text,
        ConditionExpression: text,
        UpdateExpression: text,
        ProjectionExpression: text,
        KeyConditions: fc.oneof(map, fc.jsonValue({ maxDepth: 3 })),
        Expected: map,
        AttributeUpdates: map,
        ExpressionAttributeValues: map,
        ExpressionAttributeNames: fc.dictionary(fc.constant('#a'), fc.constantFrom('a', 'id'), {
          noNullPrototype: true,
        }),
        ExclusiveStartKey: map,
        Limit: fc.integer({ min: -1, max: 3 }),
      },
      { requiredKeys: ['TableName'], noNullPrototype: true },
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...operations), input, async (target, document) => {
        const body = Buffer.from(JSON.stringify(document))
        const { status } = await running.service.handle({
          target,
          body,
          scope: running.scope,
          requestId: 'r',
        })
        expect([200, 400, 501]).toContain(status)
      }),
      { numRuns: 1_500 },
    )
    expect(running.defects).toEqual([])
  })
})

describe('metrics', () => {
  it('tell consumed capacity and latency by table', async () => {
    const TableName = await flights()
    running.samples.length = 0
    await running.client.send(new PutItemCommand({ TableName, Item: { id: { S: 'a' } } }))
    await running.client.send(
      new GetItemCommand({ TableName, Key: { id: { S: 'a' } }, ReturnConsumedCapacity: 'NONE' }),
    )
    const told = running.samples.map(({ name, dimensions, value }) => ({ name, dimensions, value }))
    expect(told).toEqual([
      { name: 'ConsumedWriteCapacityUnits', dimensions: { TableName }, value: 1 },
      {
        name: 'SuccessfulRequestLatency',
        dimensions: { TableName, Operation: 'PutItem' },
        value: expect.any(Number),
      },
      { name: 'ConsumedReadCapacityUnits', dimensions: { TableName }, value: 0.5 },
      {
        name: 'SuccessfulRequestLatency',
        dimensions: { TableName, Operation: 'GetItem' },
        value: expect.any(Number),
      },
    ])
  })

  const indexed = () =>
    flights({
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'day', AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-day',
          KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    })

  it('tell what a query of a global index consumes by index, and how many items it returned', async () => {
    const TableName = await indexed()
    await running.client.send(new PutItemCommand({ TableName, Item: { id: { S: 'a' }, day: { S: 'mon' } } }))
    running.samples.length = 0
    const query = {
      TableName,
      IndexName: 'by-day',
      KeyConditionExpression: '#d = :d',
      ExpressionAttributeNames: { '#d': 'day' },
      ExpressionAttributeValues: { ':d': { S: 'mon' } },
    }
    const total = await running.client.send(new QueryCommand({ ...query, ReturnConsumedCapacity: 'TOTAL' }))
    expect(total.ConsumedCapacity).toEqual({ TableName, CapacityUnits: 0.5 })
    expect(running.samples.map(({ name, dimensions, value }) => ({ name, dimensions, value }))).toEqual([
      {
        name: 'ConsumedReadCapacityUnits',
        dimensions: { TableName, GlobalSecondaryIndexName: 'by-day' },
        value: 0.5,
      },
      {
        name: 'SuccessfulRequestLatency',
        dimensions: { TableName, Operation: 'Query' },
        value: expect.any(Number),
      },
      { name: 'ReturnedItemCount', dimensions: { TableName, Operation: 'Query' }, value: 1 },
    ])
    const none = await running.client.send(new QueryCommand(query))
    expect(none.ConsumedCapacity).toBeUndefined()
  })

  it.each([
    ['ProvisionedThroughputExceededException', 400, ['ThrottledRequests', 'ReadThrottleEvents']],
    ['InternalServerError', 500, ['SystemErrors']],
  ])('tell of %s by table', async (code, status, names) => {
    const TableName = await flights()
    running.samples.length = 0
    running.faults.add({
      point: 'dynamodb.request',
      target: TableName,
      error: { code, message: 'no', status },
    })
    await expect(
      running.client.send(new GetItemCommand({ TableName, Key: { id: { S: 'a' } } })),
    ).rejects.toMatchObject({ name: code })
    running.faults.clear()
    expect(running.samples.map(({ name }) => name)).toEqual(names)
    for (const { dimensions } of running.samples) expect(dimensions.TableName).toBe(TableName)
  })

  it('tell of failed conditions by table, and of other refusals by region', async () => {
    const TableName = await flights()
    running.samples.length = 0
    const Item = { id: { S: 'a' } }
    const condition = { ConditionExpression: 'attribute_exists(id)' }
    await running.client.send(new PutItemCommand({ TableName, Item, ...condition })).catch(() => {})
    await running.client.send(new GetItemCommand({ TableName, Key: { id: { N: '1' } } })).catch(() => {})
    await running.client.send(new DescribeTableCommand({ TableName: 'nobody-made-it' })).catch(() => {})
    await running.client
      .send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: undefined }))
      .catch(() => {})
    expect(running.samples.map(({ name, dimensions }) => ({ name, dimensions }))).toEqual([
      { name: 'ConditionalCheckFailedRequests', dimensions: { TableName } },
      { name: 'UserErrors', dimensions: {} },
      { name: 'UserErrors', dimensions: {} },
    ])
  })

  it('tell every five minutes what is provisioned, while anything is', async () => {
    const own = await startDynamoDb()
    own.clock.step(Date.UTC(2030, 0, 1, 12, 1))
    const provisioned = () => own.samples.filter(({ name }) => name.startsWith('Provisioned'))
    const TableName = 'provisioned'
    await own.client.send(
      new CreateTableCommand({
        TableName,
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 2 },
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    )
    await own.clock.advance(10 * 60_000)
    const of = (name: string, value: number, minute: number) => ({
      namespace: 'AWS/DynamoDB',
      name,
      dimensions: { TableName },
      value,
      unit: 'Count',
      timestamp: Date.UTC(2030, 0, 1, 12, minute),
    })
    expect(provisioned()).toEqual([
      of('ProvisionedReadCapacityUnits', 5, 5),
      of('ProvisionedWriteCapacityUnits', 2, 5),
      of('ProvisionedReadCapacityUnits', 5, 10),
      of('ProvisionedWriteCapacityUnits', 2, 10),
    ])
    await own.client.send(new DeleteTableCommand({ TableName }))
    await own.clock.advance(30 * 86_400_000)
    expect(provisioned()).toHaveLength(4)
    await own.stop()
  })
})
