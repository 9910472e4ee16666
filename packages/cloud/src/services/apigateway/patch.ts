import type { ServiceError } from '@sonde/wire'
import { badRequest, validation } from './errors.ts'

export interface PatchOperationInput {
  readonly op?: string | undefined
  readonly path?: string | undefined
  readonly value?: string | undefined
}

type Change<T> = (record: T, value: string | undefined, names: readonly string[]) => T

/** One path that a patch may change. `{name}` in `path` stands for any one segment and is handed to the changes. */
export interface PatchRule<T> {
  readonly path: string
  readonly add?: Change<T>
  readonly replace?: Change<T>
  readonly remove?: Change<T>
}

/** How a resource words its refusals: AWS's resources differ. */
export interface PatchErrors {
  unknownPath(path: string | undefined, op: string, known: readonly string[]): ServiceError
  unsupportedOp(path: string, op: string): ServiceError
}

/** Resources, models and request validators. */
export const listingErrors: PatchErrors = {
  unknownPath: (path, op, known) =>
    op === 'replace'
      ? badRequest(
          `Invalid patch path  '${path}' specified for op '${op}'. Must be one of: [${known.join(', ')}]`,
        )
      : listingErrors.unsupportedOp(String(path), op),
  unsupportedOp: (path, op) =>
    badRequest(`Invalid patch path  '${path}' specified for op '${op}'. Please choose supported operations`),
}

/** APIs, methods, method responses and gateway responses. */
export const plainErrors: PatchErrors = {
  unknownPath: path => badRequest(`Invalid patch path ${path ?? null}`),
  unsupportedOp: () => badRequest('Invalid patch operation specified. Must be one of: [replace]'),
}

const OPS = ['add', 'remove', 'move', 'test', 'replace', 'copy']

/** The segments of a JSON pointer, without the leading empty one. */
export const pointerSegments = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map(segment => segment.replaceAll('~1', '/').replaceAll('~0', '~'))

const matchPath = (pattern: string, segments: readonly string[]): string[] | undefined => {
  const expected = pattern.split('/').slice(1)
  if (expected.length !== segments.length) return undefined
  const names: string[] = []
  for (const [index, segment] of segments.entries()) {
    if (expected[index]?.startsWith('{')) names.push(segment)
    else if (expected[index] !== segment) return undefined
  }
  return names
}

/**
 * The record after all operations, or an error and no change.
 *
 * @param inputName the shape's name in AWS's validation texts, such as `updateStageInput`
 * @throws ServiceError `ValidationException` for an unknown `op`, `BadRequestException` for a path or an operation
 *   that the rules do not know
 */
export const applyPatch = <T>(
  record: T,
  operations: readonly PatchOperationInput[] | undefined,
  rules: ReadonlyArray<PatchRule<T>>,
  errors: PatchErrors,
  inputName: string,
): T => {
  requireOps(operations ?? [], inputName)
  let result = record
  for (const { op = 'replace', path, value } of operations ?? []) {
    const segments = path?.startsWith('/') ? pointerSegments(path) : []
    const found = findRule(rules, segments)
    if (!found || path === undefined) {
      throw errors.unknownPath(
        path,
        op,
        rules.map(rule => rule.path),
      )
    }
    const change = op === 'add' || op === 'replace' || op === 'remove' ? found.rule[op] : undefined
    if (!change) throw errors.unsupportedOp(path, op)
    result = change(result, value, found.names)
  }
  return result
}

const findRule = <T>(rules: ReadonlyArray<PatchRule<T>>, segments: readonly string[]) => {
  for (const rule of rules) {
    const names = segments.length > 0 ? matchPath(rule.path, segments) : undefined
    if (names) return { rule, names }
  }
  return undefined
}

const requireOps = (operations: readonly PatchOperationInput[], inputName: string): void => {
  const constraints = operations.flatMap(({ op }, index) =>
    op === undefined || OPS.includes(op)
      ? []
      : [
          `Value '${op}' at '${inputName}.patchOperations.${index + 1}.member.op' failed to satisfy constraint: Member must satisfy enum value set: [${OPS.join(', ')}]`,
        ],
  )
  if (constraints.length > 0) throw validation(constraints)
}

/** `record` with a member set, or without it where `value` is undefined. */
export const withMember = <T extends object, K extends keyof T>(
  record: T,
  name: K,
  value: T[K] | undefined,
): T => {
  const { [name]: _removed, ...rest } = record
  return (value === undefined ? rest : { ...rest, [name]: value }) as T
}

/** A map with a key set, or without it where `value` is undefined. */
export const withEntry = <V>(
  map: Readonly<Record<string, V>> | undefined,
  key: string,
  value: V | undefined,
): Readonly<Record<string, V>> => {
  const { [key]: _removed, ...rest } = map ?? {}
  return value === undefined ? rest : { ...rest, [key]: value }
}

export const isTrue = (value: string | undefined): boolean => value?.toLowerCase() === 'true'
