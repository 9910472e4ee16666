import type { MathNode } from './ast.ts'

const quote = (value: string): string =>
  value.includes("'") ? `"${value.replace(/["\\]/g, '\\$&')}"` : `'${value}'`

/** An expression that is read as the same tree. Every operation is in parentheses. */
export const printMath = (node: MathNode): string => {
  switch (node.kind) {
    case 'number':
      return String(node.value)
    case 'string':
      return quote(node.value)
    case 'reference':
      return node.id
    case 'keyword':
      return node.name
    case 'array':
      return `[${node.items.map(printMath).join(', ')}]`
    case 'negation':
      return `(-${printMath(node.operand)})`
    case 'binary':
      return `(${printMath(node.left)} ${node.operator} ${printMath(node.right)})`
    case 'call':
      return `${node.name}(${node.arguments.map(printMath).join(', ')})`
  }
}
