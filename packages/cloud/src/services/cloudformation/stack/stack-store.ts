import type { Scope } from '../../../kernel/scope.ts'
import type { Collection, Store } from '../../../kernel/store.ts'
import { createEventLog, type EventLog } from './event-log.ts'
import type { ResourceRecord, StackRecord } from './records.ts'

/** AWS keeps deleted stacks for 90 days; this many of a scope are enough here. */
const MAX_DELETED_STACKS = 100

/** Records of stacks. Resources have records of their own, so that a step of one does not rewrite all. */
export interface StackStore {
  readonly events: EventLog
  /** A stack by its ARN, deleted ones too. */
  byId(scope: Scope, stackId: string): StackRecord | undefined
  /** A stack that is not deleted, by name; any by ARN. */
  find(scope: Scope, nameOrId: string): StackRecord | undefined
  list(scope: Scope): StackRecord[]
  all(): Iterable<{ readonly scope: Scope; readonly stack: StackRecord }>
  put(scope: Scope, stack: StackRecord): void
  /** Forgets the oldest deleted stacks beyond what is kept. */
  prune(scope: Scope): void

  /** The template's text. */
  template(scope: Scope, stackId: string): string
  putTemplate(scope: Scope, stackId: string, body: string): void

  /** In order of first creation. */
  resources(scope: Scope, stackId: string): ResourceRecord[]
  resource(scope: Scope, stackId: string, logicalId: string): ResourceRecord | undefined
  putResource(scope: Scope, stackId: string, resource: ResourceRecord): void
  deleteResource(scope: Scope, stackId: string, logicalId: string): void

  /** Forgets what is derived from the collections, which the kernel clears. */
  reset(): void
}

const resourceKey = (stackId: string, logicalId: string): string => `${stackId}#${logicalId}`

/** Logical ids by stack, so that a stack's resources are found without a look at all others'. */
const indexResources = (collection: Collection<ResourceRecord>): Map<string, Set<string>> => {
  const index = new Map<string, Set<string>>()
  for (const { key, value } of collection.entries()) {
    const stackId = key.slice(0, key.lastIndexOf('#'))
    index.set(stackId, (index.get(stackId) ?? new Set()).add(value.logicalId))
  }
  return index
}

export const createStackStore = (store: Store): StackStore => {
  const stacks = store.collection<StackRecord>('cloudformation.stacks')
  const templates = store.collection<{ readonly body: string }>('cloudformation.templates')
  const resources = store.collection<ResourceRecord>('cloudformation.resources')
  const events = createEventLog(store)
  let index = indexResources(resources)

  const deleteResource = (scope: Scope, stackId: string, logicalId: string): void => {
    resources.delete(scope, resourceKey(stackId, logicalId))
    index.get(stackId)?.delete(logicalId)
  }

  return {
    events,
    byId: (scope, stackId) => stacks.get(scope, stackId),
    find: (scope, nameOrId) => {
      if (nameOrId.startsWith('arn:')) return stacks.get(scope, nameOrId)
      return stacks.list(scope).find(({ name, status }) => name === nameOrId && status !== 'DELETE_COMPLETE')
    },
    list: scope => stacks.list(scope),
    all: function* () {
      for (const { scope, value } of stacks.entries()) yield { scope, stack: value }
    },
    put: (scope, stack) => stacks.put(scope, stack.stackId, stack),
    prune: scope => {
      const deleted = stacks
        .list(scope)
        .filter(({ status }) => status === 'DELETE_COMPLETE')
        .sort((a, b) => (a.deletedAt ?? 0) - (b.deletedAt ?? 0))
      for (const { stackId } of deleted.slice(0, -MAX_DELETED_STACKS)) {
        stacks.delete(scope, stackId)
        templates.delete(scope, stackId)
        events.deleteAll(scope, stackId)
        for (const logicalId of [...(index.get(stackId) ?? [])]) deleteResource(scope, stackId, logicalId)
        index.delete(stackId)
      }
    },
    template: (scope, stackId) => templates.get(scope, stackId)?.body ?? '',
    putTemplate: (scope, stackId, body) => templates.put(scope, stackId, { body }),
    resources: (scope, stackId) =>
      [...(index.get(stackId) ?? [])].flatMap(
        logicalId => resources.get(scope, resourceKey(stackId, logicalId)) ?? [],
      ),
    resource: (scope, stackId, logicalId) => resources.get(scope, resourceKey(stackId, logicalId)),
    putResource: (scope, stackId, resource) => {
      resources.put(scope, resourceKey(stackId, resource.logicalId), resource)
      index.set(stackId, (index.get(stackId) ?? new Set()).add(resource.logicalId))
    },
    deleteResource,
    reset: () => {
      index = new Map()
      events.reset()
    },
  }
}
