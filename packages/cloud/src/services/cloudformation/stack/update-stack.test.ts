import { describe, expect, it } from 'vitest'
import { createTestCloud, type TestCloud, template, thing } from '../testing.ts'

const created = async (body: string): Promise<TestCloud> => {
  const cloud = createTestCloud()
  await cloud.call('CreateStack', { StackName: 'demo', TemplateBody: body })
  expect(await cloud.status('demo')).toBe('CREATE_COMPLETE')
  cloud.world.calls.length = 0
  return cloud
}

const update = (cloud: TestCloud, body: string, rest: object = {}) =>
  cloud.call('UpdateStack', { StackName: 'demo', TemplateBody: body, ...rest })

const base = {
  A: thing({ Name: 'a' }),
  B: thing({ Name: 'b', Link: { 'Fn::Sub': 'to ${A}' } }),
}

describe('updating a stack', () => {
  it('changes only what differs, in place where the type can', async () => {
    const cloud = await created(template(base))
    await update(cloud, template({ ...base, A: thing({ Name: 'a', Size: 2 }) }))
    expect(await cloud.status('demo')).toBe('UPDATE_COMPLETE')
    expect(cloud.world.calls).toEqual(['update A'])
    expect(cloud.world.things.get('a')).toEqual({ Name: 'a', Size: 2 })
  })

  it('replaces where the type cannot: the new one first, then what refers to it, then the old one goes', async () => {
    const cloud = await created(template(base))
    await update(cloud, template({ ...base, A: thing({ Name: 'a2' }) }))
    expect(await cloud.status('demo')).toBe('UPDATE_COMPLETE')
    expect(cloud.world.calls).toEqual(['update A', 'create A', 'update B', 'delete a'])
    expect(cloud.world.things.get('b')).toEqual({ Name: 'b', Size: 1, Link: 'to a2' })
    expect((await cloud.events('demo')).slice(-9)).toEqual([
      'A UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; hence creating one.',
      'A UPDATE_IN_PROGRESS half way',
      'A UPDATE_COMPLETE',
      'B UPDATE_IN_PROGRESS',
      'B UPDATE_COMPLETE',
      'demo UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'A DELETE_IN_PROGRESS',
      'A DELETE_COMPLETE',
      'demo UPDATE_COMPLETE',
    ])
  })

  it('keeps a replaced thing whose UpdateReplacePolicy is Retain', async () => {
    const policy = { UpdateReplacePolicy: 'Retain' }
    const cloud = await created(template({ A: thing({ Name: 'a' }, policy) }))
    await update(cloud, template({ A: thing({ Name: 'a2' }, policy) }))
    expect(await cloud.status('demo')).toBe('UPDATE_COMPLETE')
    expect([...cloud.world.things.keys()]).toEqual(['a', 'a2'])
  })

  it('adds and removes resources', async () => {
    const cloud = await created(template(base))
    await update(cloud, template({ A: base.A, C: thing({ Name: 'c' }) }))
    expect(await cloud.status('demo')).toBe('UPDATE_COMPLETE')
    expect(cloud.world.calls).toEqual(['create C', 'delete b'])
    const { StackResourceSummaries = [] } = await cloud.call('ListStackResources', { StackName: 'demo' })
    expect(StackResourceSummaries.map(item => item.LogicalResourceId)).toEqual(['A', 'C'])
  })

  it('says when there is nothing to do, whatever else than resources and outputs has changed', async () => {
    const cloud = await created(template(base))
    const reordered = template({ B: base.B, A: base.A }, { Description: 'new' })
    await expect(update(cloud, reordered)).rejects.toMatchObject({
      code: 'ValidationError',
      message: 'No updates are to be performed.',
    })
  })

  it('counts a changed output, a changed parameter that is used, and changed tags as updates', async () => {
    const parameters = { Size: { Type: 'Number', Default: 1 } }
    const resources = { A: thing({ Size: { Ref: 'Size' } }) }
    const body = template(resources, { Parameters: parameters })
    const cloud = await created(body)
    await update(cloud, template(resources, { Parameters: parameters, Outputs: { O: { Value: 'x' } } }))
    expect(await cloud.status('demo')).toBe('UPDATE_COMPLETE')
    const size = [{ ParameterKey: 'Size', ParameterValue: '2' }]
    await cloud.call('UpdateStack', { StackName: 'demo', UsePreviousTemplate: true, Parameters: size })
    expect(await cloud.status('demo')).toBe('UPDATE_COMPLETE')
    const previous = [{ ParameterKey: 'Size', UsePreviousValue: true }]
    const again = { StackName: 'demo', UsePreviousTemplate: true, Parameters: previous }
    await expect(cloud.call('UpdateStack', again)).rejects.toThrow('No updates are to be performed.')
    await cloud.call('UpdateStack', { ...again, Tags: [{ Key: 'team', Value: 'ml' }] })
    expect(await cloud.status('demo')).toBe('UPDATE_COMPLETE')
    expect(cloud.world.calls).toEqual(['update A'])
  })

  it('takes a failed update back: old sections, old things, and nothing of the new', async () => {
    const resources = {
      InPlace: thing({ Name: 'in-place' }),
      Replaced: thing({ Name: 'replaced' }),
      Failing: thing({ Name: 'failing' }, { DependsOn: ['InPlace', 'Replaced'] }),
      Gone: thing({ Name: 'gone' }),
    }
    const cloud = await created(template(resources))
    const before = new Map(cloud.world.things)
    cloud.world.failing.set('create Added', 'no room')
    const body = template({
      InPlace: thing({ Name: 'in-place', Size: 9 }),
      Replaced: thing({ Name: 'replaced-2' }),
      Failing: thing({ Name: 'failing', Size: 9 }, { DependsOn: ['InPlace', 'Replaced'] }),
      Added: thing({ Name: 'added' }, { DependsOn: 'Failing' }),
    })
    await update(cloud, body)
    expect(await cloud.status('demo')).toBe('UPDATE_ROLLBACK_COMPLETE')
    // The failing creation is the type's to clean up; it was never the stack's.
    cloud.world.things.delete('added')
    expect(cloud.world.things).toEqual(before)
    expect(await cloud.events('demo')).toContain(
      'demo UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Added]. ',
    )
    expect((await cloud.call('GetTemplate', { StackName: 'demo' })).TemplateBody).toBe(template(resources))
    await expect(update(cloud, template(resources))).rejects.toThrow('No updates are to be performed.')
  })

  it('puts the failed resource itself back too', async () => {
    const cloud = await created(template(base))
    cloud.world.failing.set('update A', 'not now')
    await update(cloud, template({ ...base, A: thing({ Name: 'a', Size: 2 }) }))
    // Its rollback fails the same way: the fault is still there.
    expect(await cloud.status('demo')).toBe('UPDATE_ROLLBACK_FAILED')
    cloud.world.failing.clear()
    await cloud.call('DeleteStack', { StackName: 'demo' })
    await cloud.service.settled()
    expect(cloud.world.things.size).toBe(0)
  })

  it('with DisableRollback stays UPDATE_FAILED, and the next update goes on from there', async () => {
    const cloud = await created(template(base))
    cloud.world.failing.set('update B', 'not now')
    const body = template({
      A: thing({ Name: 'a', Size: 2 }),
      B: thing({ Name: 'b', Size: 2 }, { DependsOn: 'A' }),
    })
    await update(cloud, body, { DisableRollback: true })
    expect(await cloud.status('demo')).toBe('UPDATE_FAILED')
    cloud.world.failing.clear()
    cloud.world.calls.length = 0
    await update(cloud, body)
    expect(await cloud.status('demo')).toBe('UPDATE_COMPLETE')
    expect(cloud.world.calls).toEqual(['update B'])
  })

  it('refuses to change the type of a resource, and a second update while one runs', async () => {
    const cloud = await created(template(base))
    const retyped = template({ ...base, B: { Type: 'Test::Fake::Constant' } })
    await expect(update(cloud, retyped)).rejects.toThrow(
      'Update of resource type is not permitted. The new template modifies resource type of the following resources: [B]',
    )
    const gate = Promise.withResolvers<void>()
    cloud.world.gates.set('C', gate.promise)
    await update(cloud, template({ ...base, C: thing() }))
    await expect(update(cloud, template({ A: base.A }))).rejects.toThrow(
      /^Stack:arn:.* is in UPDATE_IN_PROGRESS state and can not be updated\.$/,
    )
    gate.resolve()
    expect(await cloud.status('demo')).toBe('UPDATE_COMPLETE')
  })
})
