import type { ParameterReader } from '../../../kernel/ports.ts'
import { validationError } from '../errors.ts'
import { checkCapabilities } from '../template/capabilities.ts'
import type { StackIdentity } from '../template/environment.ts'
import { expandLoops } from '../template/for-each.ts'
import {
  checkDeclarations,
  type GivenParameter,
  resolveParameters,
  type StackParameter,
} from '../template/parameters.ts'
import { type Plan, planStack } from '../template/plan.ts'
import { checkResources, type FindResourceType } from '../template/resource-checks.ts'
import {
  LANGUAGE_EXTENSIONS,
  parametersOf,
  type RawTemplate,
  readTemplate,
  structureTemplate,
  type Template,
  transformsOf,
} from '../template/template.ts'
import { checkExports, listExports } from './exports.ts'
import type { StackStore } from './stack-store.ts'

export interface PrepareDependencies {
  readonly stacks: StackStore
  readonly parameters: ParameterReader
  readonly findType: FindResourceType
}

export interface StackRequest {
  readonly identity: StackIdentity
  readonly body: string
  readonly given: readonly GivenParameter[]
  /** Of the stack that is updated; empty for a new one. */
  readonly previous: readonly StackParameter[]
  readonly capabilities: readonly string[]
  /** The request's `ResourceTypes`, such as `AWS::Lambda::*`; `undefined` allows all. */
  readonly allowedTypes?: readonly string[] | undefined
}

const structure = (raw: RawTemplate, parameters: readonly StackParameter[]): Template => {
  if (!transformsOf(raw).includes(LANGUAGE_EXTENSIONS)) return structureTemplate(raw)
  const lists = new Map(parameters.map(({ key, resolved }) => [key, resolved]))
  return structureTemplate(
    expandLoops(raw, name => {
      const value = lists.get(name)
      return typeof value === 'string' ? undefined : value
    }),
  )
}

const checkAllowedTypes = (plan: Plan, allowed: readonly string[] | undefined): void => {
  if (!allowed || allowed.length === 0) return
  const isAllowed = (type: string): boolean =>
    allowed.some(item => item === type || (item.endsWith('*') && type.startsWith(item.slice(0, -1))))
  for (const { type } of plan.resources.values()) {
    if (!isAllowed(type)) {
      throw validationError(
        `Resource type ${type} is not allowed by parameter ResourceTypes [${allowed.join(', ')}]`,
      )
    }
  }
}

const planFrom = (
  { stacks }: Pick<PrepareDependencies, 'stacks'>,
  identity: StackIdentity,
  raw: RawTemplate,
  parameters: readonly StackParameter[],
): Plan => {
  const exported = new Map(listExports(stacks, identity.scope).map(({ name, value }) => [name, value]))
  return planStack(structure(raw, parameters), identity, parameters, name => exported.get(name))
}

/**
 * Everything that is checked before a stack is touched.
 *
 * @throws ServiceError `ValidationError`, `InsufficientCapabilitiesException`
 */
export const prepareStack = (dependencies: PrepareDependencies, request: StackRequest): Plan => {
  const { identity, body, given, previous, capabilities, allowedTypes } = request
  const raw = readTemplate(body)
  const declarations = parametersOf(raw)
  checkDeclarations(declarations)
  const parameters = resolveParameters(
    declarations,
    given,
    new Map(previous.map(({ key, value }) => [key, value])),
    name => dependencies.parameters.getParameter(identity.scope, name),
  )
  const plan = planFrom(dependencies, identity, raw, parameters)
  checkResources(plan.resources.values(), dependencies.findType)
  checkAllowedTypes(plan, allowedTypes)
  checkCapabilities(plan.template, capabilities)
  checkExports(
    dependencies.stacks,
    identity.scope,
    identity.stackId,
    plan.outputs.map(({ exportName }) => (exportName === undefined ? {} : { exportName })),
  )
  return plan
}

/** The plan that a stack has now, from its stored template and parameters. */
export const presentPlan = (
  stacks: StackStore,
  identity: StackIdentity,
  body: string,
  parameters: readonly StackParameter[],
): Plan => planFrom({ stacks }, identity, readTemplate(body), parameters)

/** A template on its own: loops run over the defaults of parameters. */
export const readAlone = (body: string): Template => {
  const raw = readTemplate(body)
  const declarations = parametersOf(raw)
  checkDeclarations(declarations)
  const withDefaults = new Map([...declarations].filter(([, { Default }]) => Default !== undefined))
  return structure(
    raw,
    resolveParameters(withDefaults, [], new Map(), name => name),
  )
}
