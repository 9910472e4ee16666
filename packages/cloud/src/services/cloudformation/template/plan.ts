import { formatError, templateError, validationError } from '../errors.ts'
import { dependencyOrder } from './dependencies.ts'
import { checkDynamicReferences } from './dynamic-references.ts'
import { createEnvironment, isPseudoParameter, NO_RESOURCES, type StackIdentity } from './environment.ts'
import { type Evaluation, evaluate } from './evaluate.ts'
import type { StackParameter } from './parameters.ts'
import { referencesIn } from './references.ts'
import { checkRules } from './rules.ts'
import type { DeletionPolicy, ResourceDeclaration } from './sections.ts'
import type { Template } from './template.ts'
import { isMap, isScalar, type Value, type ValueMap } from './value.ts'

/** A resource that a stack shall have. Only references to resources are left to evaluate. */
export interface PlannedResource {
  readonly logicalId: string
  readonly type: string
  readonly properties: ValueMap
  readonly metadata: ValueMap
  /** Logical ids of resources in the same plan. */
  readonly dependencies: readonly string[]
  readonly deletionPolicy: DeletionPolicy
  readonly updateReplacePolicy: 'Delete' | 'Retain'
}

export interface PlannedOutput {
  readonly key: string
  readonly value: Value
  readonly description: string | undefined
  readonly exportName: string | undefined
}

/** What a template means for one stack with its parameters. */
export interface Plan {
  readonly template: Template
  readonly parameters: readonly StackParameter[]
  /** In dependency order; resources whose condition does not hold are absent. */
  readonly resources: ReadonlyMap<string, PlannedResource>
  readonly outputs: readonly PlannedOutput[]
  /** Names of the exports that the template imports. */
  readonly imports: readonly string[]
}

const expressionsOf = ({ properties, metadata }: ResourceDeclaration): Value[] => [properties, metadata]

/** Checks every name in the template, in both branches of every condition. */
const checkNames = (template: Template): void => {
  const isRef = (name: string): boolean =>
    isPseudoParameter(name) || template.parameters.has(name) || template.resources.has(name)

  const check = (
    values: readonly Value[],
    dependsOn: readonly string[],
    message: (names: string) => string,
  ) => {
    const { refs, attributes, conditions } = referencesIn(values)
    const unresolved = [
      ...[...refs].filter(name => !isRef(name)),
      ...dependsOn.filter(name => !template.resources.has(name)),
    ]
    if (unresolved.length > 0) throw validationError(message([...new Set(unresolved)].join(', ')))
    for (const logicalId of attributes) {
      if (!template.resources.has(logicalId)) {
        throw templateError(`instance of Fn::GetAtt references undefined resource ${logicalId}`)
      }
    }
    for (const name of conditions) {
      if (!template.conditions.has(name))
        throw templateError(`unresolved condition dependency ${name} in Fn::If`)
    }
  }

  const resources = [...template.resources.values()]
  const outputs = [...template.outputs.values()]
  check(
    resources.flatMap(expressionsOf),
    resources.flatMap(({ dependsOn }) => dependsOn),
    names =>
      `Template format error: Unresolved resource dependencies [${names}] in the Resources block of the template`,
  )
  check(
    outputs.flatMap(({ value, exportName }) => (exportName === undefined ? [value] : [value, exportName])),
    [],
    names => `Unresolved resource dependencies [${names}] in the Outputs block of the template`,
  )
  for (const [name, { condition }] of [...template.resources, ...template.outputs]) {
    if (condition !== undefined && !template.conditions.has(condition)) {
      throw formatError(`Unresolved condition dependency ${condition} in ${name}`)
    }
  }
}

/** The resources of the plan that an active one needs. */
const dependenciesOf = (
  declaration: ResourceDeclaration,
  isActive: (logicalId: string) => boolean,
  template: Template,
  decide: (condition: string) => boolean,
): string[] => {
  const { refs, attributes } = referencesIn(expressionsOf(declaration), decide)
  const named = [...refs, ...attributes].filter(name => template.resources.has(name))
  const absent = named.filter(name => !isActive(name))
  if (absent.length > 0) {
    throw formatError(
      `Unresolved resource dependencies [${absent.join(', ')}] in the Resources block of the template`,
    )
  }
  // A DependsOn whose condition does not hold is dropped, as CloudFormation does.
  return [...new Set([...named, ...declaration.dependsOn.filter(isActive)])]
}

const asMap = (value: Value, path: string): ValueMap => {
  if (isMap(value)) return value
  throw formatError(`[${path}] must be an object.`)
}

const planOutputs = (
  template: Template,
  isActive: (logicalId: string) => boolean,
  evaluation: Evaluation,
): PlannedOutput[] => {
  const decide = (name: string): boolean => evaluation.condition(name, 'Fn::If')
  const outputs: PlannedOutput[] = []
  for (const [key, { value, description, condition, exportName }] of template.outputs) {
    if (condition !== undefined && !evaluation.condition(condition, key)) continue
    const { refs, attributes } = referencesIn([value], decide)
    const absent = [...refs, ...attributes].filter(name => template.resources.has(name) && !isActive(name))
    if (absent.length > 0) {
      throw validationError(
        `Unresolved resource dependencies [${absent.join(', ')}] in the Outputs block of the template`,
      )
    }
    const name = exportName === undefined ? undefined : evaluate(exportName, evaluation)
    if (name !== undefined && !isScalar(name)) {
      throw templateError(`the Export Name of output ${key} must not depend on any resources`)
    }
    const planned = evaluate(value, evaluation)
    checkDynamicReferences(planned)
    outputs.push({
      key,
      value: planned,
      description,
      exportName: name === undefined ? undefined : String(name),
    })
  }
  return outputs
}

/**
 * Works out what a template asks for: conditions are decided, everything that does not depend on a resource is
 * evaluated, dependencies are known and free of cycles.
 *
 * @param readExport an export's value, or `undefined`
 * @throws ServiceError `ValidationError` with CloudFormation's texts
 */
export const planStack = (
  template: Template,
  identity: StackIdentity,
  parameters: readonly StackParameter[],
  readExport: (name: string) => string | undefined,
): Plan => {
  checkNames(template)
  const imports = new Set<string>()
  const importValue = (name: string): string => {
    const value = readExport(name)
    if (value === undefined) throw validationError(`No export named ${name} found`)
    imports.add(name)
    return value
  }
  const environment = createEnvironment(template, identity, parameters, importValue, NO_RESOURCES)
  checkRules(template.rules, environment.in('Rules'))
  for (const name of template.conditions.keys()) environment.condition(name, 'Conditions')

  const evaluation = environment.in('Resources')
  const decide = (name: string): boolean => environment.condition(name, 'Fn::If')
  const isActive = (logicalId: string): boolean => {
    const condition = template.resources.get(logicalId)?.condition
    return condition === undefined || environment.condition(condition, logicalId)
  }

  const planned = new Map<string, PlannedResource>()
  for (const [logicalId, declaration] of template.resources) {
    if (!isActive(logicalId)) continue
    const path = `/Resources/${logicalId}`
    const resource = {
      logicalId,
      type: declaration.type,
      properties: asMap(evaluate(declaration.properties, evaluation), `${path}/Properties`),
      metadata: asMap(evaluate(declaration.metadata, evaluation), `${path}/Metadata`),
      dependencies: dependenciesOf(declaration, isActive, template, decide),
      deletionPolicy: declaration.deletionPolicy,
      updateReplacePolicy: declaration.updateReplacePolicy,
    }
    checkDynamicReferences(resource.properties)
    planned.set(logicalId, resource)
  }
  if (planned.size === 0) throw formatError('At least one Resources member must be defined.')

  const sorted = dependencyOrder(new Map([...planned].map(([id, { dependencies }]) => [id, dependencies])))
  if ('cycle' in sorted) {
    throw validationError(`Circular dependency between resources: [${sorted.cycle.join(', ')}]`)
  }
  const resources = new Map(
    sorted.order.flatMap(id => {
      const resource = planned.get(id)
      return resource ? [[id, resource] as const] : []
    }),
  )
  const outputs = planOutputs(template, isActive, environment.in('Outputs'))
  return { template, parameters, resources, outputs, imports: [...imports] }
}
