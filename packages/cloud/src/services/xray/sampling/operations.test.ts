import {
  CreateSamplingRuleCommand,
  DeleteSamplingRuleCommand,
  GetSamplingRulesCommand,
  GetSamplingStatisticSummariesCommand,
  GetSamplingTargetsCommand,
  paginateGetSamplingStatisticSummaries,
  type SamplingRule,
  UpdateSamplingRuleCommand,
} from '@aws-sdk/client-xray'
import { afterEach, describe, expect, it } from 'vitest'
import { createStore } from '../../../kernel/store.ts'
import { startSampling } from './test-server.ts'

const RULE: SamplingRule = {
  RuleName: 'orders',
  ResourceARN: '*',
  Priority: 100,
  FixedRate: 0.01,
  ReservoirSize: 10,
  ServiceName: 'orders-*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '/api/*',
  Version: 1,
  Attributes: { tenant: 'acme' },
}
const ARN = 'arn:aws:xray:eu-west-1:123456789012:sampling-rule/orders'
const START = Date.UTC(2030, 0, 1)

const servers: { stop: () => Promise<void>; defects: unknown[] }[] = []

const start = async (...options: Parameters<typeof startSampling>) => {
  const server = await startSampling(...options)
  servers.push(server)
  return server
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    await server.stop()
    expect(server.defects).toEqual([])
  }
})

const document = (changes: object = {}) => ({
  RuleName: 'orders',
  ClientID: 'a'.repeat(24),
  Timestamp: new Date(START),
  RequestCount: 110,
  SampledCount: 20,
  BorrowCount: 10,
  ...changes,
})

describe('sampling rules', () => {
  it('are there from the beginning as the default rule', async () => {
    const { client } = await start()
    const { SamplingRuleRecords } = await client.send(new GetSamplingRulesCommand({}))
    expect(SamplingRuleRecords).toEqual([
      {
        SamplingRule: {
          RuleName: 'Default',
          RuleARN: 'arn:aws:xray:eu-west-1:123456789012:sampling-rule/Default',
          ResourceARN: '*',
          Priority: 10_000,
          FixedRate: 0.05,
          ReservoirSize: 1,
          ServiceName: '*',
          ServiceType: '*',
          Host: '*',
          HTTPMethod: '*',
          URLPath: '*',
          Version: 1,
          Attributes: {},
        },
        CreatedAt: new Date(0),
        ModifiedAt: new Date(0),
      },
    ])
  })

  it('are created, changed, listed in the order of their priority, and deleted', async () => {
    const { client, clock } = await start()
    const created = await client.send(new CreateSamplingRuleCommand({ SamplingRule: RULE }))
    expect(created.SamplingRuleRecord).toEqual({
      SamplingRule: { ...RULE, RuleARN: ARN },
      CreatedAt: new Date(START),
      ModifiedAt: new Date(START),
    })
    await client.send(
      new CreateSamplingRuleCommand({
        SamplingRule: { ...RULE, RuleName: 'first', Priority: 1, Attributes: undefined },
      }),
    )
    await clock.advance(5_000)
    const updated = await client.send(
      new UpdateSamplingRuleCommand({
        SamplingRuleUpdate: { RuleARN: ARN, FixedRate: 1, Host: 'a.b', Attributes: {} },
      }),
    )
    expect(updated.SamplingRuleRecord).toEqual({
      SamplingRule: { ...RULE, RuleARN: ARN, FixedRate: 1, Host: 'a.b', Attributes: {} },
      CreatedAt: new Date(START),
      ModifiedAt: new Date(START + 5_000),
    })
    const names = async () =>
      (await client.send(new GetSamplingRulesCommand({}))).SamplingRuleRecords?.map(
        ({ SamplingRule }) => SamplingRule?.RuleName,
      )
    expect(await names()).toEqual(['first', 'orders', 'Default'])
    const deleted = await client.send(new DeleteSamplingRuleCommand({ RuleName: 'orders' }))
    expect(deleted.SamplingRuleRecord?.SamplingRule?.RuleARN).toBe(ARN)
    expect(await names()).toEqual(['first', 'Default'])
  })

  it('have a default one that changes in its rate and reservoir alone', async () => {
    const { client } = await start()
    const update = (change: object) =>
      client.send(new UpdateSamplingRuleCommand({ SamplingRuleUpdate: { RuleName: 'Default', ...change } }))
    const { SamplingRuleRecord } = await update({ FixedRate: 1, ReservoirSize: 0 })
    expect(SamplingRuleRecord?.SamplingRule).toMatchObject({
      FixedRate: 1,
      ReservoirSize: 0,
      Priority: 10_000,
    })
    await expect(update({ Priority: 10_000 })).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: 'Invalid update request for default sampling rule',
    })
    await expect(client.send(new DeleteSamplingRuleCommand({ RuleName: 'Default' }))).rejects.toMatchObject({
      name: 'InvalidRequestException',
    })
  })

  it.each<[object, string]>([
    [
      { Priority: 0 },
      "Value '0' at 'samplingRule.priority' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      { Priority: 10_000 },
      "Value '10000' at 'samplingRule.priority' failed to satisfy constraint: Member must have value less than or equal to 9999",
    ],
    [
      { Priority: 1.5 },
      "Value '1.5' at 'samplingRule.priority' failed to satisfy constraint: Member must be an integer",
    ],
    [
      { FixedRate: 1.01 },
      "Value '1.01' at 'samplingRule.fixedRate' failed to satisfy constraint: Member must have value less than or equal to 1",
    ],
    [{ ReservoirSize: -1 }, "at 'samplingRule.reservoirSize'"],
    [
      { RuleName: 'x'.repeat(33) },
      "at 'samplingRule.ruleName' failed to satisfy constraint: Member must have length less than or equal to 32",
    ],
    [{ RuleName: '' }, "at 'samplingRule.ruleName'"],
    [{ HTTPMethod: 'PROPPATCHES' }, "at 'samplingRule.hTTPMethod'"],
    [{ URLPath: '/'.repeat(129) }, "at 'samplingRule.uRLPath'"],
    [{ Attributes: { ['k'.repeat(33)]: 'v' } }, "at 'samplingRule.attributes'"],
    [{ Attributes: { a: '' } }, "at 'samplingRule.attributes.a.member'"],
    [{ Attributes: { a: '1', b: '1', c: '1', d: '1', e: '1', f: '1' } }, "at 'samplingRule.attributes'"],
    [{ Version: 2 }, 'Sampling rule version must be 1'],
    [{ RuleARN: ARN }, 'Specify either RuleName or RuleARN, but not both'],
    [{ RuleName: undefined }, 'Specify either RuleName or RuleARN'],
    [{ RuleName: 'Default' }, 'Sampling rule already exists'],
    [{ Priority: 0, FixedRate: 2 }, '2 validation errors detected: '],
  ])('refuse %j', async (changes, message) => {
    const { client } = await start()
    const attempt = client.send(new CreateSamplingRuleCommand({ SamplingRule: { ...RULE, ...changes } }))
    await expect(attempt).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringContaining(message),
      $metadata: { httpStatusCode: 400 },
    })
    expect((await client.send(new GetSamplingRulesCommand({}))).SamplingRuleRecords).toHaveLength(1)
  })

  it('refuse what there is already, what there is not, and more than 25', async () => {
    const { client } = await start()
    const create = (RuleName: string) =>
      client.send(new CreateSamplingRuleCommand({ SamplingRule: { ...RULE, RuleName } }))
    await create('orders')
    await expect(create('orders')).rejects.toThrow('Sampling rule already exists')
    for (const attempt of [
      () => client.send(new UpdateSamplingRuleCommand({ SamplingRuleUpdate: { RuleName: 'no' } })),
      () => client.send(new DeleteSamplingRuleCommand({ RuleName: 'no' })),
      () => client.send(new DeleteSamplingRuleCommand({ RuleARN: ARN.replace('eu-west-1', 'us-east-1') })),
    ]) {
      await expect(attempt()).rejects.toMatchObject({
        name: 'InvalidRequestException',
        message: 'Sampling rule does not exist',
      })
    }
    for (let index = 1; index < 25; index++) await create(`rule-${index}`)
    await expect(create('rule-25')).rejects.toMatchObject({ name: 'RuleLimitExceededException' })
  })

  it('refuse by name what is not implemented', async () => {
    const { client } = await start()
    const SamplingRateBoost = { MaxRate: 1, CooldownWindowMinutes: 1 }
    const boosted = new CreateSamplingRuleCommand({ SamplingRule: { ...RULE, SamplingRateBoost } })
    await expect(client.send(boosted)).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('SamplingRateBoost'),
    })
    const tagged = new CreateSamplingRuleCommand({ SamplingRule: RULE, Tags: [{ Key: 'a', Value: 'b' }] })
    await expect(client.send(tagged)).rejects.toMatchObject({ name: 'NotImplemented' })
  })

  it('hand their tags to whoever keeps them, and are not created with bad ones', async () => {
    const kept = new Map<string, unknown>()
    const tags = {
      put: (_scope: unknown, arn: string, list: readonly unknown[]) => {
        if (list.length > 1) throw new RangeError('too many')
        kept.set(arn, list)
      },
      delete: (_scope: unknown, arn: string) => {
        kept.delete(arn)
      },
    }
    const { client, sampling, defects } = await start({ tags })
    const Tags = [{ Key: 'a', Value: 'b' }]
    await expect(
      client.send(new CreateSamplingRuleCommand({ SamplingRule: RULE, Tags: [...Tags, ...Tags] })),
    ).rejects.toThrow()
    expect(defects.splice(0)).toHaveLength(1)
    await client.send(new CreateSamplingRuleCommand({ SamplingRule: RULE, Tags }))
    expect(kept.get(ARN)).toEqual(Tags)
    expect(sampling.hasRule({ account: '123456789012', region: 'eu-west-1' }, ARN)).toBe(true)
    await client.send(new DeleteSamplingRuleCommand({ RuleARN: ARN }))
    expect(kept.size).toBe(0)
  })

  it('are in the store', async () => {
    const store = createStore(undefined)
    const first = await start({}, store)
    await first.client.send(new CreateSamplingRuleCommand({ SamplingRule: RULE }))
    const second = await start({}, store)
    const { SamplingRuleRecords } = await second.client.send(new GetSamplingRulesCommand({}))
    expect(SamplingRuleRecords?.map(({ SamplingRule }) => SamplingRule?.RuleName)).toEqual([
      'orders',
      'Default',
    ])
  })
})

describe('sampling targets', () => {
  it('divide the reservoir among the clients of late', async () => {
    const { client, clock } = await start()
    await client.send(new CreateSamplingRuleCommand({ SamplingRule: RULE }))
    const report = (changes: object) =>
      client.send(new GetSamplingTargetsCommand({ SamplingStatisticsDocuments: [document(changes)] }))
    const first = await report({})
    expect(first.SamplingTargetDocuments).toEqual([
      {
        RuleName: 'orders',
        FixedRate: 0.01,
        ReservoirQuota: 10,
        ReservoirQuotaTTL: new Date(START + 300_000),
        Interval: 10,
      },
    ])
    expect(first.LastRuleModification).toEqual(new Date(START))
    expect(first.UnprocessedStatistics).toEqual([])
    const quota = async (changes: object) =>
      (await report(changes)).SamplingTargetDocuments?.[0]?.ReservoirQuota
    expect(await quota({ ClientID: 'b'.repeat(24), RequestCount: 1_000 })).toBe(5)
    await clock.advance(10_000)
    expect(await quota({ RequestCount: 20 })).toBe(2)
    expect(await quota({ ClientID: 'b'.repeat(24), RequestCount: 1_000 })).toBe(8)
  })

  it('tell of rule changes by the time of the last one, deletions included', async () => {
    const { client, clock } = await start()
    const changedAt = async () =>
      (await client.send(new GetSamplingTargetsCommand({ SamplingStatisticsDocuments: [] })))
        .LastRuleModification
    expect(await changedAt()).toEqual(new Date(0))
    await client.send(new CreateSamplingRuleCommand({ SamplingRule: RULE }))
    expect(await changedAt()).toEqual(new Date(START))
    await clock.advance(1_000)
    await client.send(new DeleteSamplingRuleCommand({ RuleName: 'orders' }))
    expect(await changedAt()).toEqual(new Date(START + 1_000))
  })

  it('leave statistics of unknown rules, old ones and boosts unprocessed', async () => {
    const { client } = await start({ machineTime: () => START + 60_000 })
    const answer = await client.send(
      new GetSamplingTargetsCommand({
        SamplingStatisticsDocuments: [
          document({ RuleName: 'gone' }),
          document({ RuleName: 'Default', Timestamp: new Date(START - 300_001) }),
          document({ RuleName: 'Default' }),
        ],
        SamplingBoostStatisticsDocuments: [
          {
            RuleName: 'Default',
            ServiceName: 'a',
            Timestamp: new Date(START),
            AnomalyCount: 1,
            TotalCount: 1,
            SampledAnomalyCount: 0,
          },
        ],
      }),
    )
    expect(answer.SamplingTargetDocuments?.map(({ RuleName }) => RuleName)).toEqual(['Default'])
    expect(answer.UnprocessedStatistics).toEqual([
      { RuleName: 'gone', ErrorCode: 'RuleDeleted', Message: 'Sampling rule does not exist' },
      { RuleName: 'Default', ErrorCode: 'DocumentTooOld', Message: 'Sampling statistics are too old' },
    ])
    expect(answer.UnprocessedBoostStatistics).toHaveLength(1)
  })

  it.each([
    [[document({ ClientID: 'short' })], "at 'samplingStatisticsDocuments.1.member.clientID'"],
    [[document(), document({ RequestCount: -1 })], "at 'samplingStatisticsDocuments.2.member.requestCount'"],
    [Array.from({ length: 26 }, () => document()), "at 'samplingStatisticsDocuments'"],
  ])('refuse documents out of bounds', async (documents, message) => {
    const { client } = await start()
    await expect(
      client.send(new GetSamplingTargetsCommand({ SamplingStatisticsDocuments: documents })),
    ).rejects.toMatchObject({ name: 'InvalidRequestException', message: expect.stringContaining(message) })
  })
})

describe('sampling statistics', () => {
  it('add what clients report up in windows of ten seconds', async () => {
    const { client } = await start()
    const report = (changes: object) =>
      client.send(
        new GetSamplingTargetsCommand({
          SamplingStatisticsDocuments: [document({ RuleName: 'Default', ...changes })],
        }),
      )
    await report({})
    await report({
      ClientID: 'b'.repeat(24),
      Timestamp: new Date(START + 9_999),
      RequestCount: 5,
      BorrowCount: undefined,
    })
    await report({ Timestamp: new Date(START + 10_000), RequestCount: 1, SampledCount: 1 })
    const { SamplingStatisticSummaries, NextToken } = await client.send(
      new GetSamplingStatisticSummariesCommand({}),
    )
    expect(SamplingStatisticSummaries).toEqual([
      {
        RuleName: 'Default',
        Timestamp: new Date(START),
        RequestCount: 115,
        BorrowCount: 10,
        SampledCount: 40,
      },
      {
        RuleName: 'Default',
        Timestamp: new Date(START + 10_000),
        RequestCount: 1,
        BorrowCount: 10,
        SampledCount: 1,
      },
    ])
    expect(NextToken).toBeUndefined()
  })

  it('come in pages and go back an hour', async () => {
    const { client, clock, sampling } = await start()
    const scope = { account: '123456789012', region: 'eu-west-1' }
    const names = ['a', 'b', 'c', 'd']
    for (const RuleName of names)
      sampling.rules.create(scope, { ...RULE, RuleName, ServiceName: RuleName, URLPath: '*', Attributes: {} })
    for (let window = 0; window < 400; window++) {
      for (const serviceName of names) sampling.sampler.decide(scope, { serviceName })
      await clock.advance(10_000)
    }
    const pages: number[] = []
    for await (const page of paginateGetSamplingStatisticSummaries({ client }, {})) {
      pages.push(page.SamplingStatisticSummaries?.length ?? 0)
    }
    expect(pages).toEqual([1_000, 440])
    await expect(
      client.send(new GetSamplingStatisticSummariesCommand({ NextToken: 'x' })),
    ).rejects.toMatchObject({ name: 'InvalidRequestException' })
  })
})
