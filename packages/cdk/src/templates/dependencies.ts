import { mapValues, type Template, type Value } from './value.ts'

const namesIn = (value: Value): ReadonlySet<string> => {
  const names = new Set<string>()
  const note = (name: Value | undefined): void => {
    if (typeof name === 'string') names.add(name)
  }
  mapValues(value, part => {
    if (typeof part === 'string') {
      for (const [, name] of part.matchAll(/\$\{([A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?\}/g)) note(name)
    } else if (typeof part === 'object' && part !== null && !Array.isArray(part)) {
      note(part.Ref)
      const attribute = part['Fn::GetAtt']
      if (Array.isArray(attribute)) note(attribute[0])
    }
    return part
  })
  return names
}

/** A template without those entries of `DependsOn` that references say already. */
export const withoutImpliedDependencies = (template: Template): Template => ({
  ...template,
  Resources: Object.fromEntries(
    Object.entries(template.Resources).map(([id, { DependsOn, ...resource }]) => {
      if (!Array.isArray(DependsOn)) return [id, resource]
      const implied = namesIn(resource.Properties ?? {})
      const left = DependsOn.filter(name => typeof name !== 'string' || !implied.has(name))
      return [id, { ...resource, ...(left.length > 0 && { DependsOn: left }) }]
    }),
  ),
})
