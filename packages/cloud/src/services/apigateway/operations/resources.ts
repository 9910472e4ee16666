import type * as Sdk from '@aws-sdk/client-api-gateway'
import type { Operations } from '@sonde/wire'
import { lowerAlphanumeric } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { badRequest, conflict, limitExceeded } from '../errors.ts'
import { MAX_RESOURCES } from '../limits.ts'
import { paginate } from '../pagination.ts'
import { applyPatch, listingErrors, type PatchRule } from '../patch.ts'
import type { ResourceRecord } from '../records.ts'
import type { Repository } from '../repository.ts'
import { toMethod } from './methods.ts'

/** Methods in full where the client asks for them, else just their verbs. */
const toResource = (
  { id, parentId, pathPart, path, methods }: ResourceRecord,
  embed: readonly string[] | undefined,
): Sdk.Resource => {
  const entries = Object.entries(methods)
  const full = embed?.includes('methods') ?? false
  return {
    id,
    parentId,
    pathPart,
    path,
    ...(entries.length > 0 && {
      resourceMethods: Object.fromEntries(
        entries.map(([verb, method]) => [verb, full ? toMethod(method) : {}]),
      ),
    }),
  }
}

const isVariable = (pathPart: string | undefined): boolean => pathPart?.startsWith('{') ?? false
const isGreedy = (pathPart: string | undefined): boolean => pathPart?.endsWith('+}') ?? false

const pathOf = (parent: ResourceRecord, pathPart: string): string =>
  parent.path === '/' ? `/${pathPart}` : `${parent.path}/${pathPart}`

/** @throws ServiceError where `pathPart` is none or does not fit below `parent` */
const requirePathPart = (
  siblings: readonly ResourceRecord[],
  parent: ResourceRecord,
  pathPart: string | undefined,
): string => {
  if (!pathPart || !/^(\{[a-zA-Z0-9._:-]+\+?\}|[a-zA-Z0-9._:~@!$&'()*,;=%-]+)$/.test(pathPart)) {
    throw badRequest(
      "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
    )
  }
  if (isGreedy(parent.pathPart)) {
    throw badRequest(`Cannot create a child of a resource with a greedy path variable: ${parent.pathPart}`)
  }
  for (const sibling of siblings) {
    if (sibling.pathPart === pathPart) {
      throw conflict(`Another resource with the same parent already has this name: ${pathPart}`)
    }
    if (isVariable(pathPart) && isVariable(sibling.pathPart)) {
      throw badRequest(
        `A sibling (${sibling.pathPart}) of this resource already has a variable path part -- only one is allowed`,
      )
    }
  }
  return pathPart
}

/** A resource and all below it, parents first. */
const subtree = (all: readonly ResourceRecord[], root: ResourceRecord): ResourceRecord[] => {
  const found = [root]
  for (const each of found) found.push(...all.filter(resource => resource.parentId === each.id))
  return found
}

/** Moves a resource and, by their paths, all below it. */
const move = (
  repository: Repository,
  scope: Scope,
  resource: ResourceRecord,
  target: { readonly parentId?: string; readonly pathPart?: string },
): ResourceRecord => {
  const all = repository.resources.list(scope, resource.apiId)
  const parent = repository.resource(scope, resource.apiId, target.parentId ?? resource.parentId)
  const moved = subtree(all, resource)
  if (moved.some(each => each.id === parent.id)) throw badRequest('Resources cannot be cyclical.')
  const siblings = all.filter(each => each.parentId === parent.id && each.id !== resource.id)
  const pathPart = requirePathPart(siblings, parent, target.pathPart ?? resource.pathPart)
  const placed = new Map<string, ResourceRecord>()
  for (const each of moved) {
    const above = each.id === resource.id ? parent : placed.get(each.parentId ?? '')
    const part = each.id === resource.id ? pathPart : (each.pathPart ?? '')
    if (!above) continue
    placed.set(each.id, { ...each, parentId: above.id, pathPart: part, path: pathOf(above, part) })
  }
  for (const each of placed.values()) repository.resources.put(scope, each.id, each)
  return placed.get(resource.id) ?? resource
}

export const createResourceOperations = ({ repository }: ControlPlane) =>
  ({
    GetResources: ({ restApiId = '', embed, ...page }, { scope }) => {
      repository.api(scope, restApiId)
      const { items, position } = paginate(
        repository.resources.list(scope, restApiId).sort((a, b) => (a.path < b.path ? -1 : 1)),
        page,
      )
      return { items: items.map(item => toResource(item, embed)), position }
    },

    GetResource: ({ restApiId, resourceId, embed }, { scope }) =>
      toResource(repository.resource(scope, restApiId, resourceId), embed),

    CreateResource: ({ restApiId = '', parentId, pathPart }, { scope }) => {
      const parent = repository.resource(scope, restApiId, parentId)
      const all = repository.resources.list(scope, restApiId)
      if (all.length >= MAX_RESOURCES) {
        throw limitExceeded('Maximum number of resources for this API has been reached')
      }
      const siblings = all.filter(each => each.parentId === parent.id)
      const part = requirePathPart(siblings, parent, pathPart)
      const record: ResourceRecord = {
        apiId: restApiId,
        id: lowerAlphanumeric(6),
        parentId: parent.id,
        pathPart: part,
        path: pathOf(parent, part),
        methods: {},
      }
      repository.resources.put(scope, record.id, record)
      return toResource(record, undefined)
    },

    UpdateResource: ({ restApiId, resourceId, patchOperations }, { scope }) => {
      const record = repository.resource(scope, restApiId, resourceId)
      const rules: ReadonlyArray<PatchRule<ResourceRecord>> = [
        {
          path: '/parentId',
          replace: (each, value) => move(repository, scope, each, { parentId: value ?? '' }),
        },
        {
          path: '/pathPart',
          replace: (each, value) => move(repository, scope, each, { pathPart: value ?? '' }),
        },
      ]
      if (record.parentId === undefined) throw badRequest('Root resource cannot be updated')
      return toResource(
        applyPatch(record, patchOperations, rules, listingErrors, 'updateResourceInput'),
        undefined,
      )
    },

    DeleteResource: ({ restApiId = '', resourceId }, { scope }) => {
      const record = repository.resource(scope, restApiId, resourceId)
      if (record.parentId === undefined) throw badRequest('Root resource cannot be deleted')
      for (const each of subtree(repository.resources.list(scope, restApiId), record)) {
        repository.resources.delete(scope, restApiId, each.id)
      }
      return {}
    },
  }) satisfies Operations<typeof Sdk, ScopeContext>
