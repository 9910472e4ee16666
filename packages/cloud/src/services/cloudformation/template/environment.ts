import { partitionOf, type Scope, urlSuffixOf } from '../../../kernel/scope.ts'
import { formatError, templateError, validationError } from '../errors.ts'
import { createConditions } from './conditions.ts'
import { type Evaluation, NO_VALUE, type Place } from './evaluate.ts'
import { FUNCTIONS } from './functions.ts'
import type { StackParameter } from './parameters.ts'
import { LANGUAGE_EXTENSIONS, type Template } from './template.ts'
import type { Value } from './value.ts'

/** What a template is evaluated for. */
export interface StackIdentity {
  readonly scope: Scope
  readonly stackName: string
  readonly stackId: string
}

/** What exists already: before anything is created, nothing. */
export interface Resources {
  /** What `Ref` returns. */
  physicalId(logicalId: string): string | undefined
  /** `undefined` where the resource does not exist yet. @throws ServiceError where it has no such attribute */
  attribute(logicalId: string, name: string): Value | undefined
}

export const NO_RESOURCES: Resources = { physicalId: () => undefined, attribute: () => undefined }

/** The pseudo parameters. `AWS::NotificationARNs` is empty: stacks cannot send notifications yet. */
const pseudoParameters = ({
  scope,
  stackName,
  stackId,
}: StackIdentity): Map<string, Value | typeof NO_VALUE> =>
  new Map<string, Value | typeof NO_VALUE>([
    ['AWS::AccountId', scope.account],
    ['AWS::NotificationARNs', []],
    ['AWS::NoValue', NO_VALUE],
    ['AWS::Partition', partitionOf(scope.region)],
    ['AWS::Region', scope.region],
    ['AWS::StackId', stackId],
    ['AWS::StackName', stackName],
    ['AWS::URLSuffix', urlSuffixOf(scope.region)],
  ])

export const isPseudoParameter = (name: string): boolean => name.startsWith('AWS::')

export interface Environment {
  condition(name: string, usedIn: string): boolean
  in(place: Place): Evaluation
}

/**
 * Everything a template's expressions may ask.
 *
 * @param importValue an export's value; throws where there is none
 */
export const createEnvironment = (
  template: Template,
  identity: StackIdentity,
  parameters: readonly StackParameter[],
  importValue: (name: string) => string,
  resources: Resources,
): Environment => {
  const values = pseudoParameters(identity)
  for (const { key, resolved } of parameters) values.set(key, resolved)

  const ref = (name: string): Value | typeof NO_VALUE | undefined => {
    const value = values.get(name)
    if (value !== undefined) return value
    if (template.resources.has(name)) return resources.physicalId(name)
    throw formatError(`Unresolved resource dependencies [${name}] in the Resources block of the template`)
  }

  const conditionRef = (name: string): Value | typeof NO_VALUE => {
    const value = values.get(name)
    if (value !== undefined) return value
    throw formatError(
      `Unresolved dependencies [${name}]. Cannot reference resources in the Conditions block of the template`,
    )
  }

  const mapping = (name: string, top: string, second: string): Value | undefined => {
    const found = template.mappings.get(name)
    if (!found) {
      throw templateError(`Mapping named '${name}' is not present in the 'Mappings' section of template.`)
    }
    return found.get(top)?.get(second)
  }

  const common = {
    functions: FUNCTIONS,
    region: identity.scope.region,
    languageExtensions: template.transforms.includes(LANGUAGE_EXTENSIONS),
    getAtt: (logicalId: string, attribute: string) => resources.attribute(logicalId, attribute),
    mapping,
    importValue,
  }
  const condition = createConditions(template.conditions, { ...common, ref: conditionRef })
  const noConditions = (name: string): never => {
    throw validationError(`Condition ${name} cannot be used in the Rules block of the template`)
  }
  return {
    condition,
    in: place => ({
      ...common,
      place,
      ref: place === 'Rules' || place === 'Conditions' ? conditionRef : ref,
      condition: place === 'Rules' ? noConditions : condition,
    }),
  }
}
