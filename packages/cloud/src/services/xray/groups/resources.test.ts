import { describe, expect, it } from 'vitest'
import type { ResourceRequest, ResourceType } from '../../../kernel/resource-type.ts'
import { SCOPE, startService } from '../test-service.ts'

const start = () => {
  const { service, call } = startService()
  const type = service.resources?.['AWS::XRay::Group'] as ResourceType
  const request = (properties: Record<string, unknown>): ResourceRequest => ({
    scope: SCOPE,
    stackName: 'stack',
    stackId: 'id',
    logicalId: 'Group',
    properties,
    metadata: {},
    generateName: () => 'unused',
    progress: () => {},
  })
  return { type, call, request }
}

const GROUP = {
  GroupName: 'slow',
  FilterExpression: 'service("api/prod") { responsetime > 0.2 }',
  InsightsConfiguration: { InsightsEnabled: 'false', NotificationsEnabled: false },
  Tags: [{ Key: 'team', Value: 'ml' }],
}

describe('AWS::XRay::Group', () => {
  it('is made, changed in place, replaced for another name, deleted', async () => {
    const { type, call, request } = start()
    const state = await type.create(request(GROUP))
    const ResourceARN = state.physicalId
    expect(state.attributes).toEqual({ GroupARN: ResourceARN })
    expect((await call('GetGroup', { GroupName: 'slow' })).Group).toMatchObject({
      GroupARN: ResourceARN,
      FilterExpression: GROUP.FilterExpression,
    })
    expect(await call('ListTagsForResource', { ResourceARN })).toEqual({ Tags: GROUP.Tags })

    const previous = { ...state, properties: GROUP }
    expect(await type.update?.(request({ ...GROUP, GroupName: 'other' }), previous)).toBe('replace')
    expect(await type.update?.(request({ GroupName: 'slow' }), previous)).toEqual(state)
    expect((await call('GetGroup', { GroupName: 'slow' })).Group?.FilterExpression ?? '').toBe('')
    expect(await call('ListTagsForResource', { ResourceARN })).toEqual({ Tags: [] })

    await type.delete(SCOPE, state, {})
    await type.delete(SCOPE, state, {})
    expect((await call('GetGroups', {})).Groups).toHaveLength(1)
  })

  it.each([
    [{ FilterExpression: 'fault >' }, 'InvalidRequestException'],
    [{ InsightsConfiguration: { InsightsEnabled: true } }, 'NotImplemented'],
    [{ InsightsConfiguration: { Other: true } }, 'InvalidRequestException'],
    [{ Tags: 'x' }, 'InvalidRequestException'],
  ])('refuses %o and leaves no group', async (properties, code) => {
    const { type, call, request } = start()
    await expect(async () => type.create(request({ ...GROUP, ...properties }))).rejects.toMatchObject({
      code,
    })
    expect((await call('GetGroups', {})).Groups).toHaveLength(1)
  })
})
