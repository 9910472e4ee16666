import { subTextOf } from './substitution.ts'
import { isSection, type Section, type Template, type Value } from './value.ts'

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
