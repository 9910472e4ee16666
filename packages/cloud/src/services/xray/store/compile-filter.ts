import type { DuckDBValue } from '@duckdb/node-api'
import type { Expression, Operator, Selector, Test } from '../filter/ast.ts'
import type { Keyword } from '../filter/keywords.ts'
import { ERROR, FAULT, PARTIAL, THROTTLE } from '../graph/visits.ts'
import { compileCause, compileCauseJson } from './compile-cause.ts'
import type { NumberedCauses, NumberedService } from './dictionary.ts'
import { type AttributeKind, CAUSES, INFERRED, ROOT } from './schema.ts'

/**
 * A condition on rows of `traces` (alias `t`). Where it is not exact it holds for every trace that matches and perhaps
 * for more, which are then to be asked one by one.
 */
export interface CompiledFilter {
  readonly sql: string
  readonly values: readonly DuckDBValue[]
  readonly exact: boolean
}

const EVERYTHING: CompiledFilter = { sql: 'true', values: [], exact: true }
const NOTHING: CompiledFilter = { sql: 'false', values: [], exact: true }
/** For what only the whole trace tells. */
const UNKNOWN: CompiledFilter = { sql: 'true', values: [], exact: false }

const exactly = (sql: string, ...values: readonly DuckDBValue[]): CompiledFilter => ({
  sql,
  values,
  exact: true,
})

const combine = (parts: readonly CompiledFilter[], operator: 'AND' | 'OR'): CompiledFilter => {
  if (parts.length === 0) return operator === 'AND' ? EVERYTHING : NOTHING
  return {
    sql: `(${parts.map(({ sql }) => sql).join(` ${operator} `)})`,
    values: parts.flatMap(({ values }) => values),
    exact: parts.every(({ exact }) => exact),
  }
}

const negate = ({ sql, values, exact }: CompiledFilter): CompiledFilter =>
  exact ? { sql: `(NOT ${sql})`, values, exact } : UNKNOWN

const COMPARISONS: Readonly<Record<Operator, (value: string) => string>> = {
  '=': value => `${value} = ?`,
  '!=': value => `${value} <> ?`,
  '<': value => `${value} < ?`,
  '<=': value => `${value} <= ?`,
  '>': value => `${value} > ?`,
  '>=': value => `${value} >= ?`,
  CONTAINS: value => `contains(${value}, ?)`,
  BEGINSWITH: value => `starts_with(${value}, ?)`,
  ENDSWITH: value => `ends_with(${value}, ?)`,
}

interface Column {
  readonly column: string
  /** Whether it has a value. */
  readonly set: string
}

const number = (column: string): Column => ({ column, set: `${column} >= 0` })
const text = (column: string): Column => ({ column, set: `${column} <> ''` })

/** What is not set passes no comparison, so that a negation holds for it. */
const compare = ({ column, set }: Column, test: Test | undefined): CompiledFilter =>
  test ? exactly(`(${set} AND ${COMPARISONS[test.operator](column)})`, test.value) : exactly(`(${set})`)

const flag = (condition: string, test: Test | undefined): CompiledFilter => {
  const wanted = !test || (test.operator === '=') === (test.value === true)
  return exactly(wanted ? `(${condition})` : `(NOT (${condition}))`)
}

const bit = (column: string, bits: number): string => `${column} & ${bits} <> 0`

type Columns = Readonly<Partial<Record<Keyword, { readonly flag: string } | Column>>>

const flagsOf = (column: string): Columns => ({
  ok: { flag: `${column} & ${FAULT | ERROR | THROTTLE} = 0` },
  error: { flag: bit(column, ERROR) },
  throttle: { flag: bit(column, THROTTLE) },
  fault: { flag: bit(column, FAULT) },
  partial: { flag: bit(column, PARTIAL) },
})

const TRACE_COLUMNS: Columns = {
  ...flagsOf('t.flags'),
  inferred: { flag: bit('t.flags', INFERRED) },
  responsetime: number('t.response_time'),
  duration: number('(t.finish - t.start)'),
  'http.status': number('t.http_status'),
  'http.url': text('t.http_url'),
  'http.method': text('t.http_method'),
  'http.useragent': text('t.http_agent'),
  'http.clientip': text('t.http_ip'),
}

const VISIT_COLUMNS: Columns = {
  ...flagsOf('v.flags'),
  inferred: { flag: bit('v.flags', INFERRED) },
  root: { flag: bit('v.flags', ROOT) },
  responsetime: number('v.response_time'),
  duration: number('v.duration'),
  'http.status': number('v.http_status'),
}

const CALL_COLUMNS: Columns = {
  ...flagsOf('v.call_flags'),
  responsetime: number('v.call_response_time'),
}

/** What expressions name, in the numbers that rows have for it. */
export interface Vocabulary {
  readonly services: readonly NumberedService[]
  readonly causes: readonly NumberedCauses[]
  /** `undefined` where no trace has such an attribute. */
  findName(kind: AttributeKind, key: string): number | undefined
}

/** Traces with an attribute that passes the test; rows are there only for what is set, an empty text too. */
const attribute = (
  table: 'texts' | 'numbers',
  name: number | undefined,
  test: Test | undefined,
): CompiledFilter => {
  if (name === undefined) return NOTHING
  const passed = test ? compare({ column: 'a.value', set: 'true' }, test) : EVERYTHING
  return exactly(
    `t.id IN (SELECT a.id FROM ${table} a WHERE a.name = ${name} AND ${passed.sql})`,
    ...passed.values,
  )
}

const annotation = (key: string, test: Test | undefined, { findName }: Vocabulary): CompiledFilter => {
  const texts = () => attribute('texts', findName('string', key), test)
  const numbers = (kind: 'number' | 'boolean', as: Test | undefined) =>
    attribute('numbers', findName(kind, key), as)
  if (!test) return combine([texts(), numbers('number', test), numbers('boolean', test)], 'OR')
  const { value, operator } = test
  if (typeof value === 'string') return texts()
  return numbers(typeof value === 'number' ? 'number' : 'boolean', { operator, value: Number(value) })
}

const ATTRIBUTES: readonly AttributeKind[] = ['user', 'resource.arn', 'instance.id', 'availabilityzone']

const traceKeyword = (keyword: Keyword, test: Test | undefined, { findName }: Vocabulary): CompiledFilter => {
  const column = TRACE_COLUMNS[keyword]
  if (column) return 'flag' in column ? flag(column.flag, test) : compare(column, test)
  const kind = ATTRIBUTES.find(one => one === keyword)
  return kind === undefined ? UNKNOWN : attribute('texts', findName(kind, ''), test)
}

const selects = ({ name, type, accountId }: Selector, { service }: NumberedService): boolean =>
  (name === undefined || service.name === name) &&
  (type === undefined || service.type === type) &&
  (accountId === undefined || service.account === accountId)

/** Conditions within the braces of `service()` and `edge()`, on rows of `visits` (alias `v`). */
const compileBlock = (block: Expression | undefined, columns: Columns): CompiledFilter => {
  if (!block) return EVERYTHING
  switch (block.kind) {
    case 'and':
    case 'or':
      return combine(
        block.operands.map(operand => compileBlock(operand, columns)),
        block.kind === 'and' ? 'AND' : 'OR',
      )
    case 'not':
      return negate(compileBlock(block.operand, columns))
    case 'keyword': {
      const column = columns[block.keyword]
      if (!column) return UNKNOWN
      return 'flag' in column ? flag(column.flag, block.test) : compare(column, block.test)
    }
    default:
      return UNKNOWN
  }
}

const isAny = (selector: Selector): boolean => Object.keys(selector).length === 0

/**
 * Conditions on visits that a service or an edge selects.
 *
 * @param services of the scope
 */
export const compileVisits = (
  expression: Extract<Expression, { kind: 'service' | 'edge' }>,
  services: readonly NumberedService[],
): CompiledFilter => {
  const chosen = (column: string, selector: Selector): CompiledFilter => {
    if (isAny(selector)) return exactly(`${column} >= 0`)
    const ids = services.filter(service => selects(selector, service)).map(({ id }) => id)
    return ids.length > 0 ? exactly(`${column} IN (${ids.join(', ')})`) : NOTHING
  }
  if (expression.kind === 'edge') {
    const { source, target, block } = expression
    return combine(
      [chosen('v.source', source), chosen('v.service', target), compileBlock(block, CALL_COLUMNS)],
      'AND',
    )
  }
  const { selector, block } = expression
  const seen = chosen('v.service', selector)
  // A client sends no segments, so that nothing in braces holds for it.
  return block
    ? combine([seen, compileBlock(block, VISIT_COLUMNS)], 'AND')
    : combine(
        [seen, combine([exactly(`(v.flags & ${ROOT} <> 0)`), chosen('v.source', selector)], 'AND')],
        'OR',
      )
}

const visits = (
  expression: Extract<Expression, { kind: 'service' | 'edge' }>,
  services: readonly NumberedService[],
) => {
  const { sql, values, exact } = compileVisits(expression, services)
  return {
    sql: `t.id IN (SELECT v.id FROM visits v WHERE ${sql})`,
    values,
    exact,
  }
}

const EXCEPTION_KINDS = { name: 'exception.name', message: 'exception.message' } as const

/** What exceptions of a trace must have for one of a root cause to match: narrows, and may hold for others as well. */
const exceptions = (
  { part, block }: Extract<Expression, { kind: 'cause' }>,
  { findName }: Vocabulary,
): CompiledFilter[] => {
  if (part !== 'exception') return []
  const there = attribute('texts', findName('exception.name', ''), undefined)
  const tests = (block?.kind === 'and' ? block.operands : block ? [block] : []).flatMap(operand => {
    if (operand.kind !== 'keyword' || !operand.test) return []
    const kind = operand.keyword === 'name' || operand.keyword === 'message' ? operand.keyword : undefined
    return kind ? [attribute('texts', findName(EXCEPTION_KINDS[kind], ''), operand.test)] : []
  })
  return [there, ...tests]
}

/**
 * Compiles a filter expression to SQL.
 *
 * @param expression with its groups resolved
 * @param vocabulary of the scope
 */
export const compileFilter = (expression: Expression, vocabulary: Vocabulary): CompiledFilter => {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return combine(
        expression.operands.map(operand => compileFilter(operand, vocabulary)),
        expression.kind === 'and' ? 'AND' : 'OR',
      )
    case 'not':
      return negate(compileFilter(expression.operand, vocabulary))
    case 'keyword':
      return traceKeyword(expression.keyword, expression.test, vocabulary)
    case 'annotation':
      return annotation(expression.key, expression.test, vocabulary)
    case 'service':
    case 'edge':
      return visits(expression, vocabulary.services)
    case 'cause':
      return combine(
        [
          exactly(`(${bit('t.flags', CAUSES[expression.cause])})`),
          compileCause(expression, vocabulary.causes),
          ...exceptions(expression, vocabulary),
        ],
        'AND',
      )
    case 'causeJson':
      return compileCauseJson(expression.causes, vocabulary.causes)
    case 'group':
      return UNKNOWN
  }
}
