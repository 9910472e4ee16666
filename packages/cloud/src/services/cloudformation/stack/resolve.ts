import { templateError, validationError } from '../errors.ts'
import { resolveDynamicReferences } from '../template/dynamic-references.ts'
import { createEnvironment, type Resources } from '../template/environment.ts'
import { evaluate } from '../template/evaluate.ts'
import type { Plan, PlannedResource } from '../template/plan.ts'
import { isMap, isScalar, member, type Value, type ValueMap } from '../template/value.ts'
import type { Operation } from './operation.ts'
import type { StackOutput } from './records.ts'

/** A resource's sections with every function evaluated. */
export interface Resolved {
  readonly properties: ValueMap
  readonly metadata: ValueMap
}

export interface Resolver {
  /** @throws ServiceError where an attribute or an SSM parameter does not exist */
  resource(planned: PlannedResource): Resolved
  outputs(): StackOutput[]
}

const map = (value: Value): ValueMap => (isMap(value) ? value : {})

/** Evaluates what a plan left open, from the resources that exist by then. */
export const createResolver = (operation: Operation, plan: Plan): Resolver => {
  const physical = (logicalId: string) => {
    const found = operation.resource(logicalId)?.physical
    if (!found) throw templateError(`resource ${logicalId} does not exist yet`)
    return found
  }
  const resources: Resources = {
    physicalId: logicalId => physical(logicalId).physicalId,
    attribute: (logicalId, name) => {
      const value = member(physical(logicalId).attributes, name)
      if (value !== undefined) return value
      throw templateError(`resource ${logicalId} does not support attribute type ${name} in Fn::GetAtt`)
    },
  }
  const { scope, stackId, stack } = operation
  const environment = createEnvironment(
    plan.template,
    { scope, stackId, stackName: stack.name },
    plan.parameters,
    // The plan has put all imported values in.
    name => {
      throw validationError(`No export named ${name} found`)
    },
    resources,
  )
  const readParameter = (name: string): string => {
    const value = operation.parameter(name)
    if (value !== undefined) return value
    throw validationError(`Unable to fetch parameters [${name}] from parameter store for this account.`)
  }

  return {
    resource: planned => ({
      properties: map(
        resolveDynamicReferences(evaluate(planned.properties, environment.in('Resources')), readParameter),
      ),
      metadata: map(evaluate(planned.metadata, environment.in('Resources'))),
    }),
    outputs: () =>
      plan.outputs.map(({ key, value, description, exportName }) => {
        const resolved = resolveDynamicReferences(evaluate(value, environment.in('Outputs')), readParameter)
        if (!isScalar(resolved)) {
          throw validationError(
            `Template format error: The Value field of every Outputs member must evaluate to a String and not a List. (${key})`,
          )
        }
        return {
          key,
          value: String(resolved),
          ...(description === undefined ? {} : { description }),
          ...(exportName === undefined ? {} : { exportName }),
        }
      }),
  }
}
