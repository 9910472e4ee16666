import { matchesPattern, wildcards } from './pattern.ts'
import { expand, type VariableScope } from './variables.ts'

export interface PolicyStatement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly [member: string]: unknown
}

export interface PolicyDocument {
  readonly Version?: string
  readonly Id?: string
  readonly Statement: readonly PolicyStatement[]
}

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value : [String(value)])

/** Whether a statement is about an action. Actions are compared in any case. */
export const matchesAction = ({ Action, NotAction }: PolicyStatement, action: string): boolean => {
  const wanted = action.toLowerCase()
  const matches = texts(Action ?? NotAction).some(pattern =>
    matchesPattern(wildcards(pattern.toLowerCase()), wanted),
  )
  return matches === (Action !== undefined)
}

/**
 * Whether a statement is about a resource. Resources are compared as a whole: a wildcard goes beyond the colons of an
 * ARN. One whose variable has no value matches nothing, and excepts everything.
 */
export const matchesResource = (
  { Resource, NotResource }: PolicyStatement,
  resource: string,
  scope: VariableScope,
): boolean => {
  const patterns = texts(Resource ?? NotResource).map(text => expand(text, scope))
  const matches = (unset: boolean): boolean =>
    patterns.some(pattern => (pattern ? matchesPattern(pattern, resource) : unset))
  return Resource === undefined ? !matches(true) : matches(false)
}
