/** Test helper: CloudFormation over resource types that live in memory. */
import { ServiceError } from '@sonde/wire'
import { createClock, type DrivenClock } from '../../kernel/clock.ts'
import type { RequestContext } from '../../kernel/context.ts'
import type { ResourceType, ResourceTypes } from '../../kernel/resource-type.ts'
import type { Scope } from '../../kernel/scope.ts'
import { createStore, type Store } from '../../kernel/store.ts'
import { type CloudFormationService, createCloudFormation } from './index.ts'
import type { Handlers } from './operations/handlers.ts'

export const SCOPE: Scope = { account: '000000000000', region: 'eu-west-1' }

export const CONTEXT: RequestContext = {
  scope: SCOPE,
  identity: { account: SCOPE.account, arn: 'arn:aws:iam::000000000000:root', userId: SCOPE.account },
  requestId: 'request',
  endpoint: 'http://127.0.0.1:4566',
}

/** What the fake services hold. It survives a "restart" of CloudFormation, as other services' state does. */
export class FakeWorld {
  /** Things by physical id, with their properties. */
  readonly things = new Map<string, Readonly<Record<string, unknown>>>()
  /** `create a`, `update a`, `delete a`: calls by physical id, in order. */
  readonly calls: string[] = []
  /** Creating, updating or deleting the logical or physical ids here fails with that message. */
  readonly failing = new Map<string, string>()
  /** Creations that wait until these are resolved, by logical id. */
  readonly gates = new Map<string, Promise<void>>()
  running = 0
  mostRunning = 0
}

const failIfAsked = (world: FakeWorld, call: string): void => {
  const message = world.failing.get(call)
  if (message !== undefined) throw new ServiceError('InvalidParameterValueException', message)
}

/** A named thing: `Size` can be changed in place, `Name` cannot. `Ref` is its name. */
const thingType = (world: FakeWorld): ResourceType => ({
  required: ['Size'],
  properties: ['Name', 'Size', 'Tags', 'Link', 'Links'],
  create: async ({ logicalId, properties, generateName, progress }) => {
    world.running++
    world.mostRunning = Math.max(world.mostRunning, world.running)
    const name = typeof properties.Name === 'string' ? properties.Name : generateName(40)
    if (world.things.has(name)) {
      world.running--
      throw new ServiceError('ThingAlreadyExistsException', `${name} already exists`, { status: 409 })
    }
    world.things.set(name, properties)
    progress('half way')
    await world.gates.get(logicalId)
    world.running--
    world.calls.push(`create ${logicalId}`)
    failIfAsked(world, `create ${logicalId}`)
    return { physicalId: name, attributes: { Arn: `arn:thing:${name}`, 'Deep.Size': properties.Size } }
  },
  update: ({ logicalId, properties }, previous) => {
    world.calls.push(`update ${logicalId}`)
    failIfAsked(world, `update ${logicalId}`)
    if (properties.Name !== previous.properties.Name) return 'replace'
    world.things.set(previous.physicalId, properties)
    return {
      physicalId: previous.physicalId,
      attributes: { ...previous.attributes, 'Deep.Size': properties.Size },
    }
  },
  delete: (_scope, { physicalId }) => {
    world.calls.push(`delete ${physicalId}`)
    failIfAsked(world, `delete ${physicalId}`)
    world.things.delete(physicalId)
  },
})

/** A type that is always replaced. */
const constantType = (world: FakeWorld): ResourceType => {
  const { create, delete: remove } = thingType(world)
  return { properties: ['Value', 'Size'], create, delete: remove }
}

export const fakeTypes = (world: FakeWorld): ResourceTypes => ({
  'Test::Fake::Thing': thingType(world),
  'Test::Fake::Constant': constantType(world),
  'AWS::IAM::Role': {
    properties: ['RoleName'],
    create: ({ logicalId }) => ({ physicalId: logicalId, attributes: {} }),
    delete: () => {},
  },
})

export interface TestCloud {
  readonly world: FakeWorld
  readonly service: CloudFormationService
  readonly store: Store
  readonly clock: DrivenClock
  readonly parameters: Map<string, string>
  readonly objects: Map<string, string>
  readonly defects: unknown[]
  /** Calls an operation as the wire does. */
  call<Name extends keyof Handlers>(
    name: Name,
    input: Parameters<NonNullable<Handlers[Name]>>[0],
  ): Promise<Awaited<ReturnType<NonNullable<Handlers[Name]>>>>
  /** `CREATE_COMPLETE`: a stack's status once nothing runs. */
  status(name: string): Promise<string>
  /** `Logical STATUS` and its reason, oldest first. */
  events(name: string): Promise<string[]>
}

/** A CloudFormation of its own. Give the store and world of another one to start it anew. */
export const createTestCloud = (
  given: { readonly store?: Store; readonly world?: FakeWorld } = {},
): TestCloud => {
  const world = given.world ?? new FakeWorld()
  const store = given.store ?? createStore(undefined)
  const clock = createClock()
  clock.step(Date.UTC(2030, 0, 1))
  const parameters = new Map<string, string>()
  const objects = new Map<string, string>()
  const defects: unknown[] = []
  const service = createCloudFormation({
    store,
    clock,
    resourceTypes: () => fakeTypes(world),
    parameters: { getParameter: (_scope, name) => parameters.get(name) },
    objects: {
      getObject: async (_scope, bucket, key) => {
        const text = objects.get(`${bucket}/${key}`)
        return text === undefined ? undefined : new TextEncoder().encode(text)
      },
      listObjects: async () => [],
    },
    onDefect: error => defects.push(error),
  })
  const cloud: TestCloud = {
    world,
    service,
    store,
    clock,
    parameters,
    objects,
    defects,
    call: async (name, input) => {
      const handler = service.apis[0]?.operations[name] as
        | ((input: unknown, context: RequestContext) => unknown)
        | undefined
      if (!handler) throw new Error(`No handler for ${name}`)
      return (await handler(input, CONTEXT)) as never
    },
    status: async name => {
      await service.settled()
      const { Stacks } = await cloud.call('DescribeStacks', { StackName: name })
      return Stacks?.[0]?.StackStatus ?? ''
    },
    events: async name => {
      await service.settled()
      const { StackEvents = [] } = await cloud.call('DescribeStackEvents', { StackName: name })
      return StackEvents.map(
        ({ LogicalResourceId, ResourceStatus, ResourceStatusReason }) =>
          `${LogicalResourceId} ${ResourceStatus}${ResourceStatusReason ? ` ${ResourceStatusReason}` : ''}`,
      ).reverse()
    },
  }
  return cloud
}

/** A template with these resources, as JSON. */
export const template = (resources: object, rest: object = {}): string =>
  JSON.stringify({ Resources: resources, ...rest })

export const thing = (properties: object = {}, rest: object = {}): object => ({
  Type: 'Test::Fake::Thing',
  Properties: { Size: 1, ...properties },
  ...rest,
})
