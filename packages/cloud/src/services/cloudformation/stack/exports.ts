import type { Scope } from '../../../kernel/scope.ts'
import { validationError } from '../errors.ts'
import type { StackOutput, StackRecord } from './records.ts'
import type { StackStore } from './stack-store.ts'

export interface StackExport {
  readonly stackId: string
  readonly stackName: string
  readonly name: string
  readonly value: string
}

const exportsOf = ({ stackId, name, outputs }: StackRecord): StackExport[] =>
  outputs.flatMap(output =>
    output.exportName === undefined
      ? []
      : [{ stackId, stackName: name, name: output.exportName, value: output.value }],
  )

/** Every export of an account and region. */
export const listExports = (stacks: StackStore, scope: Scope): StackExport[] =>
  stacks.list(scope).flatMap(exportsOf)

/** Names of the stacks that import an export. */
export const importersOf = (stacks: StackStore, scope: Scope, exportName: string): string[] =>
  stacks
    .list(scope)
    .filter(({ imports, status }) => status !== 'DELETE_COMPLETE' && imports.includes(exportName))
    .map(({ name }) => name)

/**
 * Checks a stack's future exports.
 *
 * @throws ServiceError `ValidationError` where another stack has one of the names
 */
export const checkExports = (
  stacks: StackStore,
  scope: Scope,
  stackId: string,
  outputs: ReadonlyArray<Pick<StackOutput, 'exportName'>>,
): void => {
  const own = outputs.flatMap(({ exportName }) => exportName ?? [])
  const twice = own.find((name, index) => own.indexOf(name) !== index)
  if (twice !== undefined) throw validationError(`Duplicate Export names: [${twice}]`)
  for (const { stackId: owner, stackName, name } of listExports(stacks, scope)) {
    if (owner !== stackId && own.includes(name)) {
      throw validationError(`Export with name ${name} is already exported by stack ${stackName}`)
    }
  }
}

/**
 * Checks that exports which go or change are not imported.
 *
 * @param kept the stack's future exports by name; a value that is not known yet is `undefined`
 * @throws ServiceError `ValidationError`: `Export X cannot be deleted as it is in use by Y`
 */
export const checkImported = (
  stacks: StackStore,
  scope: Scope,
  stack: StackRecord,
  kept: ReadonlyMap<string, string | undefined>,
): void => {
  for (const { name, value } of exportsOf(stack)) {
    const importers = importersOf(stacks, scope, name).filter(importer => importer !== stack.name)
    if (importers.length === 0) continue
    const used = `as it is in use by ${importers.join(', ')}`
    if (!kept.has(name)) throw validationError(`Export ${name} cannot be deleted ${used}`)
    const next = kept.get(name)
    if (next !== undefined && next !== value) {
      throw validationError(`Export ${name} cannot be updated ${used}`)
    }
  }
}
