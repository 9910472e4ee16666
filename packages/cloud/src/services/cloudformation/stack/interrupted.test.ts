import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createStore } from '../../../kernel/store.ts'
import { createTestCloud, type TestCloud, template, thing } from '../testing.ts'

const folders: string[] = []
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-cloudformation-'))
  folders.push(folder)
  return folder
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A new CloudFormation over what the killed one has written; the other services' things are as they were. */
const restart = async (folder: string, killed: TestCloud): Promise<TestCloud> => {
  const cloud = createTestCloud({ store: createStore(folder), world: killed.world })
  killed.world.gates.clear()
  await cloud.service.start?.()
  return cloud
}

/** Never resolves: the cloud is killed while its service makes the thing. */
const forever = new Promise<void>(() => {})

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await Promise.resolve()
}

describe('a cloud that is killed', () => {
  it('finds its stacks again, with resources, outputs, template and events', async () => {
    const folder = newFolder()
    const first = createTestCloud({ store: createStore(folder) })
    const body = template({ A: thing({ Name: 'a' }) }, { Outputs: { Id: { Value: { Ref: 'A' } } } })
    await first.call('CreateStack', { StackName: 'demo', TemplateBody: body })
    const events = await first.events('demo')
    const second = await restart(folder, first)
    expect(await second.status('demo')).toBe('CREATE_COMPLETE')
    expect(await second.events('demo')).toEqual(events)
    expect((await second.call('GetTemplate', { StackName: 'demo' })).TemplateBody).toBe(body)
    const { Stacks } = await second.call('DescribeStacks', { StackName: 'demo' })
    expect(Stacks?.[0]?.Outputs?.[0]?.OutputValue).toBe('a')
    await second.call('DeleteStack', { StackName: 'demo' })
    await second.service.settled()
    expect(second.world.things.size).toBe(0)
  })

  it.each([
    ['a generated name', {}],
    ['a name of the template', { Name: 'explicit' }],
  ])(
    'in the middle of a creation leaves a stack that deletes what was half made under %s',
    async (_, properties) => {
      const folder = newFolder()
      const first = createTestCloud({ store: createStore(folder) })
      first.world.gates.set('B', forever)
      const body = template({
        A: thing(),
        B: thing(properties, { DependsOn: 'A' }),
        C: thing({}, { DependsOn: 'B' }),
      })
      await first.call('CreateStack', { StackName: 'demo', TemplateBody: body })
      await until(() => first.world.things.size === 2)

      const second = await restart(folder, first)
      expect(await second.status('demo')).toBe('CREATE_FAILED')
      expect((await second.events('demo')).slice(-2)).toEqual([
        'B CREATE_FAILED The local cloud was stopped during the operation. ',
        'demo CREATE_FAILED The local cloud was stopped during the operation. ',
      ])
      await second.call('DeleteStack', { StackName: 'demo' })
      await second.service.settled()
      expect(second.world.things.size).toBe(0)
      await expect(second.call('DescribeStacks', { StackName: 'demo' })).rejects.toThrow('does not exist')
      await second.call('CreateStack', { StackName: 'demo', TemplateBody: body })
      expect(await second.status('demo')).toBe('CREATE_COMPLETE')
    },
  )

  it('in the middle of an update leaves a stack that the same update finishes', async () => {
    const folder = newFolder()
    const first = createTestCloud({ store: createStore(folder) })
    const resources = { A: thing({ Name: 'a' }), B: thing({ Name: 'b' }, { DependsOn: 'A' }) }
    await first.call('CreateStack', { StackName: 'demo', TemplateBody: template(resources) })
    expect(await first.status('demo')).toBe('CREATE_COMPLETE')
    first.world.gates.set('B', forever)
    const body = template({ A: thing({ Name: 'a2' }), B: thing({ Name: 'b2' }, { DependsOn: 'A' }) })
    await first.call('UpdateStack', { StackName: 'demo', TemplateBody: body })
    await until(() => first.world.things.has('b2'))

    const second = await restart(folder, first)
    expect(await second.status('demo')).toBe('UPDATE_FAILED')
    await second.call('UpdateStack', { StackName: 'demo', TemplateBody: body })
    expect(await second.status('demo')).toBe('UPDATE_COMPLETE')
    expect([...second.world.things.keys()].sort()).toEqual(['a2', 'b2'])
  })

  it('in the middle of a deletion leaves a stack that can be deleted again', async () => {
    const folder = newFolder()
    const first = createTestCloud({ store: createStore(folder) })
    const { StackId = '' } = await first.call('CreateStack', {
      StackName: 'demo',
      TemplateBody: template({ A: thing() }),
    })
    expect(await first.status('demo')).toBe('CREATE_COMPLETE')
    await first.call('DeleteStack', { StackName: 'demo' })
    await first.service.stop?.()
    const second = await restart(folder, first)
    expect(await second.status(StackId)).toBe('DELETE_FAILED')
    await second.call('DeleteStack', { StackName: 'demo' })
    expect(await second.status(StackId)).toBe('DELETE_COMPLETE')
  })
})

describe('a reset', () => {
  it('ends running operations without a trace', async () => {
    const cloud = createTestCloud()
    const gate = Promise.withResolvers<void>()
    cloud.world.gates.set('A', gate.promise)
    await cloud.call('CreateStack', { StackName: 'demo', TemplateBody: template({ A: thing() }) })
    await until(() => cloud.world.running === 1)
    cloud.store.reset()
    cloud.service.reset?.()
    gate.resolve()
    await until(() => cloud.world.calls.length === 1)
    expect((await cloud.call('ListStacks', {})).StackSummaries).toEqual([])
    expect(cloud.defects).toEqual([])
  })
})
