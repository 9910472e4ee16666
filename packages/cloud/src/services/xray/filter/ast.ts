import type { Keyword } from './keywords.ts'

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'CONTAINS' | 'BEGINSWITH' | 'ENDSWITH'

export type Literal = string | number | boolean

/** A comparison with a literal; where a keyword has none, it asks whether it is true (booleans) or set. */
export interface Test {
  readonly operator: Operator
  readonly value: Literal
}

/** Narrows a service; an empty one is any service. */
export interface Selector {
  readonly name?: string
  readonly type?: string
  readonly accountId?: string
}

export type CauseKind = 'responsetime' | 'fault' | 'error'
export type CausePart = 'service' | 'entity' | 'exception'

/** Of `rootcause.json`: what is absent matches anything. */
export interface ExceptionPattern {
  readonly Name?: string
  readonly Message?: string
}

export interface EntityPattern {
  readonly Name?: string
  readonly Remote?: boolean
  readonly Coverage?: number
  readonly Exceptions?: readonly ExceptionPattern[]
}

export interface CauseServicePattern {
  readonly Name?: string
  readonly Names?: readonly string[]
  readonly Type?: string
  readonly AccountId?: string
  readonly Inferred?: boolean
  readonly EntityPath?: readonly EntityPattern[]
}

export interface CausePattern {
  readonly Services?: readonly CauseServicePattern[]
  readonly ClientImpacting?: boolean
}

/**
 * A parsed filter expression. `and` of no operands is the empty expression, which every trace matches; besides it, `and`
 * and `or` have two operands or more.
 */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'keyword'; readonly keyword: Keyword; readonly test?: Test }
  | { readonly kind: 'annotation'; readonly key: string; readonly test?: Test }
  | { readonly kind: 'service'; readonly selector: Selector; readonly block?: Expression }
  | {
      readonly kind: 'edge'
      readonly source: Selector
      readonly target: Selector
      readonly block?: Expression
    }
  | {
      readonly kind: 'group'
      readonly by: 'name' | 'arn'
      readonly operator: '=' | '!='
      readonly value: string
    }
  | {
      readonly kind: 'cause'
      readonly cause: CauseKind
      readonly part: CausePart
      readonly block?: Expression
    }
  | { readonly kind: 'causeJson'; readonly causes: readonly CausePattern[] }

/** The expression that every trace matches. */
export const EVERYTHING: Expression = { kind: 'and', operands: [] }
