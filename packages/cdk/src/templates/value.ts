/** Any part of a template. */
export type Value = string | number | boolean | null | Value[] | Section
export interface Section {
  [key: string]: Value
}

/** A template, as CDK synthesizes it and CloudFormation reads it. */
export interface Template extends Section {
  Resources: { [logicalId: string]: Section }
}

export const isSection = (value: Value | undefined): value is Section =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every value of a tree, from the leaves to the root, replaced by what `change` makes of it. */
export const mapValues = (value: Value, change: (value: Value) => Value): Value => {
  if (Array.isArray(value)) return change(value.map(item => mapValues(item, change)))
  if (!isSection(value)) return change(value)
  return change(
    Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapValues(item, change)])),
  )
}
