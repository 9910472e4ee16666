/** From loosest to tightest; those of one row bind alike. CloudWatch publishes no precedence: this is C's. */
export const PRECEDENCE = [
  ['OR'],
  ['AND'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/'],
  ['^'],
] as const

export type BinaryOperator = (typeof PRECEDENCE)[number][number]

interface At {
  /** Where it starts in the expression, from 0. */
  readonly offset: number
}

export interface NumberNode extends At {
  readonly kind: 'number'
  readonly value: number
}
export interface StringNode extends At {
  readonly kind: 'string'
  readonly value: string
}
/** The id of another query. */
export interface ReferenceNode extends At {
  readonly kind: 'reference'
  readonly id: string
}
/** An upper-case word that is no call, such as `REPEAT` or `DESC`. */
export interface KeywordNode extends At {
  readonly kind: 'keyword'
  readonly name: string
}
export interface ArrayNode extends At {
  readonly kind: 'array'
  readonly items: readonly MathNode[]
}
export interface NegationNode extends At {
  readonly kind: 'negation'
  readonly operand: MathNode
}
export interface BinaryNode extends At {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  readonly left: MathNode
  readonly right: MathNode
}
export interface CallNode extends At {
  readonly kind: 'call'
  readonly name: string
  readonly arguments: readonly MathNode[]
}

/** A metric math expression, as written; what its names mean is checked later. */
export type MathNode =
  | NumberNode
  | StringNode
  | ReferenceNode
  | KeywordNode
  | ArrayNode
  | NegationNode
  | BinaryNode
  | CallNode

/** The nodes directly below one. */
export const childrenOf = (node: MathNode): readonly MathNode[] => {
  switch (node.kind) {
    case 'array':
      return node.items
    case 'negation':
      return [node.operand]
    case 'binary':
      return [node.left, node.right]
    case 'call':
      return node.arguments
    default:
      return []
  }
}

/** Every node, parents first. */
export function* nodesOf(root: MathNode): Generator<MathNode> {
  const pending = [root]
  for (let node = pending.pop(); node; node = pending.pop()) {
    yield node
    pending.push(...childrenOf(node).toReversed())
  }
}
