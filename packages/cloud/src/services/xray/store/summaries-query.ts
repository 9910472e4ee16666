import type { DuckDBValue } from '@duckdb/node-api'
import { mergeDocuments } from '../document/merge.ts'
import type { Expression } from '../filter/ast.ts'
import { matches } from '../filter/matches.ts'
import { visitsOf } from '../graph/visits.ts'
import { summarize } from '../summaries/summarize.ts'
import { factsOf } from '../summaries/trace-facts.ts'
import { writeSummary } from '../summaries/write-summary.ts'
import { type CompiledFilter, compileFilter, type Vocabulary } from './compile-filter.ts'
import type { Database, Row } from './database.ts'
import type { Dictionary } from './dictionary.ts'
import type { SummariesCursor, SummariesPage, SummariesQuery, TimeRange } from './queries.ts'
import { CREATE_CHOSEN, FINISH } from './schema.ts'
import { traceIdOf, traceKey } from './trace-key.ts'
import { readDocuments } from './trace-source.ts'

/** Traces whose documents are read at once where a filter has to be asked one by one. */
const CANDIDATES = 500
/** Sampling looks at the random part of trace ids, in steps of this. */
const RATE_STEPS = 10_000

export interface Index {
  readonly database: Database
  readonly dictionary: Dictionary
  /** Of the log. */
  readonly folder: string
}

const vocabularyOf = ({ dictionary }: Index, scope: number): Vocabulary => ({
  services: dictionary.servicesOf(scope),
  causes: dictionary.causes,
  findName: dictionary.findName,
})

const keyLiteral = (key: bigint): string => `${key}::UHUGEINT`

const inRange = ({ range: { start, end }, by }: SummariesQuery): CompiledFilter => {
  // "Trace start time", says the API. Not the time in the id: those that OpenTelemetry makes have none.
  if (by === 'TraceId') return { sql: 't.start >= ? AND t.start < ?', values: [start, end], exact: true }
  if (by === 'Event') return { sql: 't.start < ? AND t.finish >= ?', values: [end, start], exact: true }
  return {
    sql: `t.id IN (SELECT v.id FROM visits v WHERE ${FINISH} >= ? AND ${FINISH} < ?)`,
    values: [start, end],
    exact: true,
  }
}

const sampled = (rate: number | undefined): string =>
  rate === undefined ? 'true' : `(t.trace % ${RATE_STEPS}) < ${Math.ceil(rate * RATE_STEPS)}`

/** From new to old. */
const ORDER = 't.start DESC, t.trace DESC'

const beyond = (cursor: SummariesCursor, orEqual = false): CompiledFilter => {
  const key = keyLiteral(traceKey(cursor.trace))
  const operator = orEqual ? '<=' : '<'
  return {
    sql: `(t.start < ? OR (t.start = ? AND t.trace ${operator} ${key}))`,
    values: [cursor.start, cursor.start],
    exact: true,
  }
}

const cursorOf = (row: Row): SummariesCursor => ({
  start: Number(row.start),
  trace: traceIdOf(row.trace as bigint),
})

interface Search {
  readonly scope: number
  readonly query: SummariesQuery
  /** Traces that the page looks at. */
  readonly within: CompiledFilter
  readonly filter: CompiledFilter
}

/** The next rows in order, which fulfil the compiled filter. */
const nextRows = async (
  { database }: Index,
  { scope, within, filter }: Search,
  after: SummariesCursor | undefined,
  limit: number,
): Promise<Row[]> => {
  const more = after && beyond(after)
  const values: DuckDBValue[] = [...within.values, ...(more?.values ?? []), ...filter.values]
  return database.rows(
    `SELECT t.id, t.trace, t.start, t.revision FROM traces t
      WHERE t.scope = ${scope} AND ${within.sql}${more ? ` AND ${more.sql}` : ''} AND ${filter.sql}
      ORDER BY ${ORDER} LIMIT ${limit}`,
    values,
  )
}

/** Traces with what summaries and filters need of them, read from the documents. */
const readWhole = async (index: Index, rows: readonly Row[]) => {
  const ids = rows.map(({ id }) => Number(id))
  const documents = await readDocuments(index.database, index.folder, ids)
  return rows.map(row => {
    const texts = documents.get(Number(row.id)) ?? []
    const merged = mergeDocuments(texts.map(text => JSON.parse(text)))
    const visits = visitsOf(merged)
    return { row, visits, digest: summarize(merged, visits) }
  })
}

/** Keeps the rows whose traces match, where the compiled filter only narrows. */
const keepMatching = async (index: Index, rows: readonly Row[], expression: Expression): Promise<Row[]> => {
  const traces = await readWhole(index, rows)
  return traces
    .filter(({ digest, visits }) => matches(expression, factsOf(digest, visits)))
    .map(({ row }) => row)
}

/** The rows of one page and, where there may be more, the last row that was looked at. */
const findPage = async (index: Index, search: Search): Promise<{ found: Row[]; last?: Row }> => {
  const { query, filter } = search
  const { limit } = query
  if (filter.exact || !query.filter) {
    const rows = await nextRows(index, search, query.after, limit + 1)
    const last = rows[limit - 1]
    return rows.length > limit && last ? { found: rows.slice(0, limit), last } : { found: rows }
  }
  const found: Row[] = []
  for (let { after } = query; ; ) {
    const candidates = await nextRows(index, search, after, CANDIDATES)
    found.push(...(await keepMatching(index, candidates, query.filter)))
    const last = candidates.at(-1)
    if (!last || candidates.length < CANDIDATES) {
      return found.length > limit ? cut(found, limit) : { found }
    }
    if (found.length > limit) return cut(found, limit)
    after = cursorOf(last)
  }
}

const cut = (rows: readonly Row[], limit: number): { found: Row[]; last?: Row } => {
  const found = rows.slice(0, limit)
  const last = found.at(-1)
  return last ? { found, last } : { found }
}

const countLookedAt = async (
  { database }: Index,
  { scope, query, within }: Search,
  next: SummariesCursor | undefined,
): Promise<number> => {
  const to = next && beyond(next)
  const from = query.after && beyond(query.after)
  const [row] = await database.rows(
    `SELECT count(*) AS count FROM traces t WHERE t.scope = ${scope} AND ${within.sql}
      ${from ? `AND ${from.sql}` : ''} ${to ? `AND NOT (${to.sql})` : ''}`,
    [...within.values, ...(from?.values ?? []), ...(to?.values ?? [])],
  )
  return Number(row?.count ?? 0)
}

/** One page of summaries, from new to old. */
export const findSummaries = async (index: Index, query: SummariesQuery): Promise<SummariesPage> => {
  const scope = index.dictionary.findScope(query.scope)
  if (scope === undefined) return { summaries: [], processed: 0 }
  const range = inRange(query)
  const within = { ...range, sql: `${range.sql} AND ${sampled(query.rate)}` }
  const filter = compileFilter(query.filter ?? { kind: 'and', operands: [] }, vocabularyOf(index, scope))
  const search: Search = { scope, query, within, filter }
  const { found, last } = await findPage(index, search)
  const next = last && cursorOf(last)
  return {
    summaries: (await readWhole(index, found)).map(({ row, digest }) =>
      writeSummary(traceIdOf(row.trace as bigint), Number(row.revision), digest),
    ),
    processed: await countLookedAt(index, search, next),
    ...(next && { next }),
  }
}

/** The condition on rows of `visits` (alias `v`) that their traces match, for graphs of groups. */
export const tracesMatching = async (
  index: Index,
  scope: number,
  range: TimeRange,
  expression: Expression | undefined,
): Promise<CompiledFilter> => {
  const filter = compileFilter(expression ?? { kind: 'and', operands: [] }, vocabularyOf(index, scope))
  if (!expression || filter.sql === 'true') {
    if (filter.exact) return { sql: 'true', values: [], exact: true }
  }
  if (filter.exact) {
    return {
      sql: `v.id IN (SELECT t.id FROM traces t WHERE t.scope = ${scope} AND ${filter.sql})`,
      values: filter.values,
      exact: true,
    }
  }
  const query: SummariesQuery = {
    scope: '',
    range,
    by: 'Event',
    limit: Number.MAX_SAFE_INTEGER,
    ...(expression && { filter: expression }),
  }
  const { found } = await findPage(index, { scope, query, within: inRange(query), filter })
  const { database } = index
  await database.run(CREATE_CHOSEN)
  const writer = await database.writer('chosen')
  for (const { id } of found) writer.add(Number(id))
  writer.close()
  return { sql: 'v.id IN (SELECT id FROM chosen)', values: [], exact: true }
}
