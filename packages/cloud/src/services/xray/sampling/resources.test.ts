import type { Tag } from '@aws-sdk/client-xray'
import { describe, expect, it } from 'vitest'
import { createClock } from '../../../kernel/clock.ts'
import type { ResourceRequest } from '../../../kernel/resource-type.ts'
import { createStore } from '../../../kernel/store.ts'
import { createSampling } from './sampling.ts'

const SCOPE = { account: '123456789012', region: 'eu-west-1' }
const ARN = 'arn:aws:xray:eu-west-1:123456789012:sampling-rule/stack-Rule-ABCDEFGHIJKL'

const RULE = {
  ResourceARN: '*',
  Priority: '1',
  FixedRate: '0.01',
  ReservoirSize: 0,
  ServiceName: 'orders/prod',
  ServiceType: 'AWS::ApiGateway::Stage',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
}

const setUp = () => {
  const kept = new Map<string, readonly Tag[]>()
  const tags = {
    put: (_scope: unknown, arn: string, list: readonly Tag[]) => {
      if (list.some(({ Key }) => Key === '')) throw new RangeError('empty key')
      kept.set(arn, list)
    },
    delete: (_scope: unknown, arn: string) => {
      kept.delete(arn)
    },
  }
  const clock = createClock()
  clock.step(Date.UTC(2030, 0, 1))
  const sampling = createSampling({ store: createStore(undefined), clock, tags, random: () => 0.5 })
  const type = sampling.resources['AWS::XRay::SamplingRule']
  if (!type?.update) throw new Error('no such type')
  const request = (properties: Record<string, unknown>): ResourceRequest => ({
    scope: SCOPE,
    stackName: 'stack',
    stackId: 'id',
    logicalId: 'Rule',
    properties,
    metadata: {},
    generateName: length => 'stack-Rule-ABCDEFGHIJKL'.slice(0, length),
    progress: () => {},
  })
  const rules = () => sampling.rules.list(SCOPE).map(({ rule }) => rule)
  const { update } = type
  return { type, update, request, rules, sampling, kept }
}

describe('AWS::XRay::SamplingRule', () => {
  it('makes a rule, changes it in place, and deletes it', async () => {
    const { type, update, request, rules, sampling, kept } = setUp()
    const properties = { SamplingRule: { ...RULE, Attributes: { a: 'b' } }, Tags: [{ Key: 'k', Value: 'v' }] }
    const state = await type.create(request(properties))
    expect(state).toEqual({ physicalId: ARN, attributes: { RuleARN: ARN } })
    expect(rules()[0]).toMatchObject({ Priority: 1, FixedRate: 0.01, Version: 1, Attributes: { a: 'b' } })
    expect(kept.get(ARN)).toEqual([{ Key: 'k', Value: 'v' }])
    const changed = { SamplingRule: { ...RULE, FixedRate: 1 } }
    expect(await update(request(changed), { ...state, properties })).toEqual(state)
    expect(rules()[0]).toMatchObject({ FixedRate: 1, Attributes: {} })
    const stage = { serviceName: 'orders/prod', serviceType: 'AWS::ApiGateway::Stage' }
    expect(sampling.sampler.decide(SCOPE, stage)).toMatchObject({ sampled: true })
    await type.delete(SCOPE, state, changed)
    await type.delete(SCOPE, state, changed)
    expect(rules().map(({ RuleName }) => RuleName)).toEqual(['Default'])
    expect(kept.size).toBe(0)
  })

  it('is replaced where its name changes', async () => {
    const { type, update, request } = setUp()
    const properties = { SamplingRule: { ...RULE, RuleName: 'a' } }
    const state = await type.create(request(properties))
    expect(
      await update(request({ SamplingRule: { ...RULE, RuleName: 'b' } }), { ...state, properties }),
    ).toBe('replace')
  })

  it.each<[Record<string, unknown>, string]>([
    [{ SamplingRule: { ...RULE, Rate: 1 } }, 'unsupported property SamplingRule.Rate'],
    [{ SamplingRule: { ...RULE, Host: undefined } }, 'SamplingRule.Host cannot be empty'],
    [{ SamplingRule: { ...RULE, FixedRate: 'much' } }, 'SamplingRule.FixedRate must be a number'],
    [{ SamplingRule: { ...RULE, Host: ['*'] } }, 'SamplingRule.Host must be a string'],
    [{ SamplingRule: { ...RULE, Attributes: 'x' } }, 'SamplingRule.Attributes must be an object'],
    [{ SamplingRule: { ...RULE, FixedRate: 2 } }, 'Member must have value less than or equal to 1'],
    [
      { SamplingRule: { ...RULE, SamplingRateBoost: {} } },
      'SamplingRateBoost of a sampling rule is not implemented',
    ],
    [{ SamplingRule: 'x' }, 'SamplingRule must be an object'],
    [{ SamplingRule: RULE, Tags: [{}] }, 'empty key'],
  ])('refuses %j and leaves nothing behind', async (properties, message) => {
    const { type, request, rules } = setUp()
    await expect(async () => type.create(request(properties))).rejects.toThrow(message)
    expect(rules()).toHaveLength(1)
  })
})
