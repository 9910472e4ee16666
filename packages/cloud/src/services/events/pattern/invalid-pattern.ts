/** Why an event pattern cannot be used, in AWS's words. */
export class InvalidPattern extends Error {
  override readonly name = 'InvalidPattern' as const
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The one key and value of a match expression. */
export const onlyEntry = (
  expression: Readonly<Record<string, unknown>>,
  missing: string,
): [string, unknown] => {
  const [entry, ...more] = Object.entries(expression)
  if (!entry) throw new InvalidPattern(missing)
  if (more.length > 0) throw new InvalidPattern('Only one key allowed in match expression')
  return entry
}
