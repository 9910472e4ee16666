import type { ContextValues } from './context.ts'
import { literal, type Pattern, wildcards } from './pattern.ts'

/** `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`. */
const VARIABLE = /\$\{([^}]*)\}/g
const WITH_DEFAULT = /^([^,]*),\s*'([^']*)'$/
/** Characters that stand for themselves. */
const FIXED: readonly string[] = ['*', '?', '$']
/** The policy version that knows variables; in older ones they are plain text. */
const VERSION = '2012-10-17'

export interface VariableScope {
  readonly context: ContextValues
  /** Of the policy document. */
  readonly version: string | undefined
}

/** A variable's value: keys with several values have none. */
const variableValue = (variable: string, context: ContextValues): string | undefined => {
  if (FIXED.includes(variable)) return variable
  const [, key = variable, fallback] = WITH_DEFAULT.exec(variable) ?? []
  const values = context.get(key.trim().toLowerCase())
  return values?.length === 1 ? values[0] : fallback
}

/**
 * A text of a policy with the values of its variables in their place; these are taken literally.
 *
 * @returns `undefined` where a variable has no value
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export const expand = (text: string, { context, version }: VariableScope): Pattern | undefined => {
  if (version !== VERSION || !text.includes('${')) return wildcards(text)
  const parts: Pattern[] = []
  let end = 0
  for (const match of text.matchAll(VARIABLE)) {
    const value = variableValue(match[1] ?? '', context)
    if (value === undefined) return undefined
    parts.push(wildcards(text.slice(end, match.index)), literal(value))
    end = match.index + match[0].length
  }
  return [...parts, wildcards(text.slice(end))].flat()
}
