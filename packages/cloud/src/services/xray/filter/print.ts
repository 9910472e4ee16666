import type { Expression, Selector, Test } from './ast.ts'

const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`

const printTest = (test: Test | undefined): string => {
  if (!test) return ''
  const { operator, value } = test
  return ` ${operator} ${typeof value === 'string' ? quote(value) : value}`
}

const printSelector = ({ name, type, accountId }: Selector): string => {
  const members = [
    ...(name === undefined ? [] : [`name: ${quote(name)}`]),
    ...(type === undefined ? [] : [`type: ${quote(type)}`]),
    ...(accountId === undefined ? [] : [`account.id: ${quote(accountId)}`]),
  ]
  return `id(${members.join(', ')})`
}

const printBlock = (block: Expression | undefined): string => (block ? ` { ${print(block)} }` : '')

/** Parentheses around what would be read as part of its surroundings. */
const printOperand = (expression: Expression, grouped: readonly Expression['kind'][]): string =>
  grouped.includes(expression.kind) ? `(${print(expression)})` : print(expression)

/**
 * The text of an expression that `parse` made, which parses to the same expression again. One with resolved groups may
 * have no text: the empty expression has none within another.
 *
 * @example
 * print(parse('ok !partial duration<3')) // 'ok AND !partial AND duration < 3'
 */
export const print = (expression: Expression): string => {
  switch (expression.kind) {
    case 'or':
      return expression.operands.map(operand => printOperand(operand, ['or'])).join(' OR ')
    case 'and':
      return expression.operands.map(operand => printOperand(operand, ['and', 'or'])).join(' AND ')
    case 'not':
      return `!${printOperand(expression.operand, ['and', 'or'])}`
    case 'keyword':
      return `${expression.keyword}${printTest(expression.test)}`
    case 'annotation':
      return `annotation[${quote(expression.key)}]${printTest(expression.test)}`
    case 'service':
      return `service(${printSelector(expression.selector)})${printBlock(expression.block)}`
    case 'edge':
      return `edge(${printSelector(expression.source)}, ${printSelector(expression.target)})${printBlock(expression.block)}`
    case 'group':
      return `group.${expression.by} ${expression.operator} ${quote(expression.value)}`
    case 'cause':
      return `rootcause.${expression.cause}.${expression.part}${printBlock(expression.block)}`
    case 'causeJson':
      return `rootcause.json = #${JSON.stringify(expression.causes)}`
  }
}
