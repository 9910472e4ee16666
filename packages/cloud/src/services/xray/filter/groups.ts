import type { ServiceError } from '@sonde/wire'
import { invalidRequest } from '../errors.ts'
import { EVERYTHING, type Expression } from './ast.ts'
import { parse } from './parse.ts'

/** What a group holds; a group without an expression has all traces. */
export interface GroupFilter {
  readonly filterExpression: string | undefined
}

export type FindGroup = (by: 'name' | 'arn', value: string) => GroupFilter | undefined

/** Groups named by one expression and by the groups that it names: a bound that groups made of themselves meet. */
const MAX_GROUPS = 16

const invalid = (message: string): ServiceError => invalidRequest(`Invalid filter expression: ${message}`)

/**
 * Puts the expressions of groups in the place of `group.name` and `group.arn`.
 *
 * @throws ServiceError `InvalidRequestException` for a group that there is not, and for more than 16 groups
 */
export const resolveGroups = (expression: Expression, find: FindGroup): Expression => {
  let groups = 0

  const resolve = (part: Expression): Expression => {
    switch (part.kind) {
      case 'and':
      case 'or':
        return { kind: part.kind, operands: part.operands.map(resolve) }
      case 'not':
        return { kind: 'not', operand: resolve(part.operand) }
      case 'group': {
        const group = find(part.by, part.value)
        if (!group) throw invalid(`there is no group with the ${part.by} ${part.value}`)
        if (++groups > MAX_GROUPS) throw invalid(`it is made of more than ${MAX_GROUPS} groups`)
        const { filterExpression } = group
        const inner = filterExpression === undefined ? EVERYTHING : resolve(parse(filterExpression))
        return part.operator === '=' ? inner : { kind: 'not', operand: inner }
      }
      default:
        return part
    }
  }

  return resolve(expression)
}
