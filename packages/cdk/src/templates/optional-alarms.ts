import { CfnCondition, type CfnResource, Fn, type ICfnConditionExpression } from 'aws-cdk-lib/core'
import type { Alarms } from '../alarms/alarms.ts'
import { subTextOf } from './substitution.ts'
import type { TemplateStack } from './template-stack.ts'
import { isSection, type Section, type Template, type Value } from './value.ts'

/** Which parameter's being empty leaves alarms out, by the beginnings of their keys. */
const PARTS = [
  ['function-', 'FunctionName'],
  ['table-', 'TableName'],
  ['model-', 'EndpointName'],
  ['endpoint-', 'EndpointName'],
] as const

/** A parameter that is an alarm's threshold. */
export interface OptionalThreshold {
  /** Of the parameter. */
  readonly name: string
  /** Of the alarm. */
  readonly key: string
  /** Whether 0 leaves the alarm out. */
  readonly isOptional: boolean
}

/** Lets a deployment leave out the alarms of parts that the service does not have. */
export const onlyWhereThere = (
  stack: TemplateStack,
  alarms: Alarms,
  thresholds: readonly OptionalThreshold[],
): void => {
  const conditions = new Map<string, CfnCondition>()
  const condition = (name: string, expression: ICfnConditionExpression): CfnCondition => {
    const known = conditions.get(name)
    if (known) return known
    const made = new CfnCondition(stack, name, { expression })
    conditions.set(name, made)
    return made
  }
  const not = (reference: string, value: string): ICfnConditionExpression =>
    Fn.conditionNot(Fn.conditionEquals(Fn.ref(reference), value))

  for (const [key, alarm] of alarms.byKey) {
    const part = PARTS.find(([prefix]) => key.startsWith(prefix))?.[1]
    const optional = thresholds.find(threshold => threshold.key === key && threshold.isOptional)
    const needed = [
      ...(part ? [condition(`Has${part}`, not(part, ''))] : []),
      ...(key.startsWith('usage-') ? [condition('HasUsageReport', not('UsageReport', 'no'))] : []),
      ...(optional ? [condition(`Has${optional.name}`, not(optional.name, '0'))] : []),
    ]
    const [only, ...others] = needed
    if (!only) continue
    const all = others.length === 0 ? only : condition(`Watches${optional?.name}`, Fn.conditionAnd(...needed))
    ;(alarm.node.defaultChild as CfnResource).cfnOptions.condition = all
  }
}

const REFERENCE = /ALARM\("\$\{([A-Za-z0-9]+)\.Arn\}"\)/g

const withoutAbsent = (rule: Value, conditionOf: (logicalId: string) => Value | undefined): Value => {
  const sub = subTextOf(rule)
  if (!sub) return rule
  const variables: Section = { ...sub.variables }
  const text = sub.text.replace(REFERENCE, (reference, logicalId: string) => {
    const condition = conditionOf(logicalId)
    if (typeof condition !== 'string') return reference
    const name = `If${logicalId}`
    variables[name] = { 'Fn::If': [condition, { 'Fn::Sub': reference }, 'FALSE'] }
    return `\${${name}}`
  })
  return { 'Fn::Sub': Object.keys(variables).length === 0 ? text : [text, variables] }
}

/** Composite alarms with `FALSE` in the place of those children that a deployment may leave out. */
export const withOptionalChildren = (template: Template): Template => ({
  ...template,
  Resources: Object.fromEntries(
    Object.entries(template.Resources).map(([id, resource]) => {
      const { Properties } = resource
      if (resource.Type !== 'AWS::CloudWatch::CompositeAlarm' || !isSection(Properties)) return [id, resource]
      const AlarmRule = withoutAbsent(
        Properties.AlarmRule ?? '',
        child => template.Resources[child]?.Condition,
      )
      return [id, { ...resource, Properties: { ...Properties, AlarmRule } }]
    }),
  ),
})
