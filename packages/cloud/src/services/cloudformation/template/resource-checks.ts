import type { ResourceType } from '../../../kernel/resource-type.ts'
import { validationError } from '../errors.ts'
import type { PlannedResource } from './plan.ts'

export type FindResourceType = (name: string) => ResourceType | undefined

const unknownTypes = (resources: Iterable<PlannedResource>, find: FindResourceType): string[] => {
  const byType = new Map<string, string[]>()
  for (const { type, logicalId } of resources) {
    if (!find(type)) byType.set(type, [...(byType.get(type) ?? []), logicalId])
  }
  if (byType.size === 0) return []
  const listed = [...byType].map(([type, ids]) => `${type} (${ids.join(', ')})`)
  return [`Template format error: Unrecognized resource types: [${listed.join(', ')}]`]
}

const propertyProblems = (
  { logicalId, type, properties }: PlannedResource,
  known: ResourceType,
): string[] => {
  const names = new Set(known.properties)
  const problems = [
    ...(known.required ?? [])
      .filter(name => properties[name] === undefined)
      .map(name => `required key [${name}] not found`),
    ...Object.keys(properties)
      .filter(name => !names.has(name))
      .map(name => `extraneous key [${name}] is not permitted`),
  ]
  return problems.map(
    problem => `Properties validation failed for resource ${logicalId} (${type}) with message: #: ${problem}`,
  )
}

/**
 * Checks that every type is provided and knows its properties.
 *
 * @throws ServiceError one `ValidationError` that lists every problem
 */
export const checkResources = (resources: Iterable<PlannedResource>, find: FindResourceType): void => {
  const all = [...resources]
  const problems = [
    ...unknownTypes(all, find),
    ...all.flatMap(resource => {
      const type = find(resource.type)
      return type ? propertyProblems(resource, type) : []
    }),
  ]
  if (problems.length > 0) throw validationError(problems.join('\n'))
}
