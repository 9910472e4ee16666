import { describe, expect, it } from 'vitest'
import { createTestCloud, type TestCloud, template, thing } from '../testing.ts'

const chain = template({
  First: thing({ Name: 'first' }),
  Second: thing({ Name: 'second', Link: { Ref: 'First' } }),
  Third: thing({ Name: 'third', Link: { Ref: 'Second' } }),
  Alone: thing({ Name: 'alone' }),
})

const created = async (body = chain): Promise<{ cloud: TestCloud; StackId: string }> => {
  const cloud = createTestCloud()
  const { StackId = '' } = await cloud.call('CreateStack', { StackName: 'demo', TemplateBody: body })
  expect(await cloud.status('demo')).toBe('CREATE_COMPLETE')
  cloud.world.calls.length = 0
  return { cloud, StackId }
}

describe('deleting a stack', () => {
  it('deletes in reverse order; the stack is gone by name and described by ARN', async () => {
    const { cloud, StackId } = await created()
    await cloud.call('DeleteStack', { StackName: 'demo' })
    expect(await cloud.status(StackId)).toBe('DELETE_COMPLETE')
    const chained = cloud.world.calls.filter(call => call !== 'delete alone')
    expect(chained).toEqual(['delete third', 'delete second', 'delete first'])
    expect(cloud.world.things.size).toBe(0)
    await expect(cloud.call('DescribeStacks', { StackName: 'demo' })).rejects.toMatchObject({
      code: 'ValidationError',
      message: 'Stack with id demo does not exist',
    })
    expect((await cloud.call('DescribeStacks', {})).Stacks).toEqual([])
    const { StackResources = [] } = await cloud.call('DescribeStackResources', { StackName: StackId })
    expect(StackResources.map(item => item.ResourceStatus)).toEqual(Array(4).fill('DELETE_COMPLETE'))
  })

  it('is no error for a stack that does not exist', async () => {
    expect(await createTestCloud().call('DeleteStack', { StackName: 'nothing' })).toEqual({})
  })

  it('goes on around a resource that cannot be deleted; a later delete retains it where told to', async () => {
    const { cloud, StackId } = await created()
    cloud.world.failing.set('delete second', 'in use')
    await expect(
      cloud.call('DeleteStack', { StackName: 'demo', RetainResources: ['Second'] }),
    ).rejects.toThrow(/specify which resources to retain only when the stack is in the DELETE_FAILED state$/)
    await cloud.call('DeleteStack', { StackName: 'demo' })
    expect(await cloud.status('demo')).toBe('DELETE_FAILED')
    expect([...cloud.world.things.keys()]).toEqual(['first', 'second'])
    const { Stacks } = await cloud.call('DescribeStacks', { StackName: 'demo' })
    expect(Stacks?.[0]?.StackStatusReason).toBe('The following resource(s) failed to delete: [Second]. ')
    await cloud.call('DeleteStack', { StackName: 'demo', RetainResources: ['Second'] })
    expect(await cloud.status(StackId)).toBe('DELETE_COMPLETE')
    expect([...cloud.world.things.keys()]).toEqual(['second'])
  })

  it('by force ends without what it cannot delete', async () => {
    const { cloud, StackId } = await created()
    cloud.world.failing.set('delete alone', 'in use')
    await cloud.call('DeleteStack', { StackName: 'demo', DeletionMode: 'FORCE_DELETE_STACK' })
    expect(await cloud.status(StackId)).toBe('DELETE_COMPLETE')
    expect([...cloud.world.things.keys()]).toEqual(['alone'])
  })

  it('keeps what its DeletionPolicy retains', async () => {
    const { cloud, StackId } = await created(
      template({
        Kept: thing({ Name: 'kept' }, { DeletionPolicy: 'Retain' }),
        Except: thing({ Name: 'except' }, { DeletionPolicy: 'RetainExceptOnCreate' }),
        Gone: thing({ Name: 'gone' }),
      }),
    )
    await cloud.call('DeleteStack', { StackName: 'demo' })
    expect(await cloud.status(StackId)).toBe('DELETE_COMPLETE')
    expect([...cloud.world.things.keys()]).toEqual(['kept', 'except'])
    expect(await cloud.events(StackId)).toContain('Kept DELETE_SKIPPED')
  })

  it('refuses while termination protection is on', async () => {
    const { cloud } = await created()
    const protect = (on: boolean) =>
      cloud.call('UpdateTerminationProtection', { StackName: 'demo', EnableTerminationProtection: on })
    await protect(true)
    await expect(cloud.call('DeleteStack', { StackName: 'demo' })).rejects.toThrow(
      'Stack [demo] cannot be deleted while TerminationProtection is enabled',
    )
    await protect(false)
    expect(await cloud.call('DeleteStack', { StackName: 'demo' })).toEqual({})
  })

  it('cuts a creation that runs short', async () => {
    const cloud = createTestCloud()
    const gate = Promise.withResolvers<void>()
    cloud.world.gates.set('First', gate.promise)
    const { StackId = '' } = await cloud.call('CreateStack', { StackName: 'demo', TemplateBody: chain })
    while (cloud.world.running < 1) await Promise.resolve()
    await cloud.call('DeleteStack', { StackName: 'demo' })
    gate.resolve()
    expect(await cloud.status(StackId)).toBe('DELETE_COMPLETE')
    expect(cloud.world.things.size).toBe(0)
    expect(cloud.world.calls).not.toContain('create Second')
  })

  it('keeps the last hundred deleted stacks', async () => {
    const cloud = createTestCloud()
    const ids: string[] = []
    for (let i = 0; i < 103; i++) {
      const { StackId = '' } = await cloud.call('CreateStack', {
        StackName: `demo${i}`,
        TemplateBody: template({ A: thing() }),
      })
      await cloud.service.settled()
      await cloud.clock.advance(1000)
      await cloud.call('DeleteStack', { StackName: `demo${i}` })
      await cloud.service.settled()
      ids.push(StackId)
    }
    await expect(cloud.call('DescribeStacks', { StackName: ids[2] })).rejects.toThrow('does not exist')
    expect(await cloud.status(ids[3] ?? '')).toBe('DELETE_COMPLETE')
  })
})

describe('exports', () => {
  const exporter = (value = 'x') =>
    template({ A: thing() }, { Outputs: { Shared: { Value: value, Export: { Name: 'shared' } } } })
  const importer = template({ B: thing({ Link: { 'Fn::ImportValue': 'shared' } }) })

  const both = async (): Promise<TestCloud> => {
    const cloud = createTestCloud()
    await cloud.call('CreateStack', { StackName: 'exporter', TemplateBody: exporter() })
    await cloud.service.settled()
    await cloud.call('CreateStack', { StackName: 'importer', TemplateBody: importer })
    await cloud.service.settled()
    return cloud
  }

  it('are listed and imported', async () => {
    const cloud = await both()
    const { Exports = [] } = await cloud.call('ListExports', {})
    expect(Exports.map(({ Name, Value }) => [Name, Value])).toEqual([['shared', 'x']])
    expect((await cloud.call('ListImports', { ExportName: 'shared' })).Imports).toEqual(['importer'])
    await expect(cloud.call('ListImports', { ExportName: 'other' })).rejects.toThrow(
      "Export 'other' is not imported by any stack.",
    )
    expect([...cloud.world.things.values()]).toContainEqual({ Size: 1, Link: 'x' })
  })

  it('cannot be deleted or changed while they are imported', async () => {
    const cloud = await both()
    await expect(cloud.call('DeleteStack', { StackName: 'exporter' })).rejects.toThrow(
      'Export shared cannot be deleted as it is in use by importer',
    )
    await expect(
      cloud.call('UpdateStack', { StackName: 'exporter', TemplateBody: exporter('y') }),
    ).rejects.toThrow('Export shared cannot be updated as it is in use by importer')
    await cloud.call('DeleteStack', { StackName: 'importer' })
    await cloud.service.settled()
    expect(await cloud.call('DeleteStack', { StackName: 'exporter' })).toEqual({})
  })

  it('are unique, and must exist to be imported', async () => {
    const cloud = await both()
    await expect(
      cloud.call('CreateStack', { StackName: 'second', TemplateBody: exporter() }),
    ).rejects.toThrow('Export with name shared is already exported by stack exporter')
    const unknown = template({ B: thing({ Link: { 'Fn::ImportValue': 'nothing' } }) })
    await expect(cloud.call('CreateStack', { StackName: 'third', TemplateBody: unknown })).rejects.toThrow(
      'No export named nothing found',
    )
  })
})
