import { type CausePattern, EVERYTHING, type Expression } from '../filter/ast.ts'
import { matchesCause } from '../filter/cause-match.ts'
import { matchesPart } from '../filter/matches.ts'
import type { CompiledFilter } from './compile-filter.ts'
import { type CauseShapes, MAX_CAUSES, type NumberedCauses } from './dictionary.ts'
import { UNSET } from './schema.ts'

/** Traces whose root causes are chosen; those whose causes have no number may be. */
const among = (
  all: readonly NumberedCauses[],
  isExact: boolean,
  isChosen: (causes: CauseShapes) => boolean,
): CompiledFilter => {
  const isComplete = all.length < MAX_CAUSES
  const ids = all.filter(({ causes }) => isChosen(causes)).map(({ id }) => id)
  if (!isComplete) ids.push(UNSET)
  return {
    sql: ids.length > 0 ? `(t.causes IN (${ids.join(', ')}))` : 'false',
    values: [],
    exact: isExact && isComplete,
  }
}

const asksForCoverage = (expression: Expression): boolean => {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.operands.some(asksForCoverage)
    case 'not':
      return asksForCoverage(expression.operand)
    default:
      return expression.kind === 'keyword' && expression.keyword === 'coverage'
  }
}

/** What remains of a block where coverage is not known: it holds for all that the block holds for. */
const withoutCoverage = (block: Expression): Expression =>
  block.kind === 'and'
    ? { kind: 'and', operands: block.operands.filter(operand => !asksForCoverage(operand)) }
    : EVERYTHING

/** `rootcause.….service`, `.entity` and `.exception`: numbered causes tell all but coverage and exceptions. */
export const compileCause = (
  { cause, part, block }: Extract<Expression, { kind: 'cause' }>,
  all: readonly NumberedCauses[],
): CompiledFilter => {
  if (part === 'exception') return among(all, false, causes => causes[cause].length > 0)
  const isExact = !block || !asksForCoverage(block)
  const asked = isExact ? block : withoutCoverage(block)
  return among(all, isExact, causes => causes[cause].some(one => matchesPart(one, part, asked)))
}

/** A pattern of what numbered causes tell, and whether that is all of it. */
const known = (pattern: CausePattern): { readonly pattern: CausePattern; readonly isExact: boolean } => {
  let isExact = true
  const Services = pattern.Services?.map(({ EntityPath, ...service }) => ({
    ...service,
    ...(EntityPath && {
      EntityPath: EntityPath.map(({ Coverage, Exceptions, ...entity }) => {
        if (Coverage !== undefined || Exceptions !== undefined) isExact = false
        return entity
      }),
    }),
  }))
  return { pattern: { ...pattern, ...(Services && { Services }) }, isExact }
}

/** `rootcause.json`: every pattern is that of a cause of any kind. */
export const compileCauseJson = (
  patterns: readonly CausePattern[],
  all: readonly NumberedCauses[],
): CompiledFilter => {
  const asked = patterns.map(known)
  return among(
    all,
    asked.every(({ isExact }) => isExact),
    causes => {
      const any = Object.values(causes).flat()
      return asked.every(({ pattern }) => any.some(one => matchesCause(pattern, one)))
    },
  )
}
