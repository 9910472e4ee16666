/**
 * The index: everything in it follows from the log, and is made anew from there when it is lost. `id` is the number of a
 * trace, in the order in which traces were first seen. All rows of a trace but those of `documents` are replaced when
 * documents of it arrive late. What is not set is {@link UNSET} or an empty text and never null, which costs several times
 * as much to write.
 *
 * - `documents`: where the documents of a trace are: from the first byte on in a file of the log, those whose lines follow
 *   each other as one
 * - `traces`: of each trace what a search compares or orders by; summaries are made from the documents when asked for.
 *   `causes` is the number of its root causes without what traces that fail alike do not share, UNSET where there are too
 *   many different ones
 * - `visits`: one request to a service, as the service (`flags`, …) and its caller (`call_…`) saw it. Seconds.
 * - `texts`, `numbers`: what expressions look for by value; `name` is the number of a kind and, of annotations, a key
 * - `chosen`: of the query or the removal that runs, its traces
 */
export const TABLES = {
  documents: { id: 'INTEGER', file: 'INTEGER', first_byte: 'INTEGER', bytes: 'INTEGER' },
  traces: {
    scope: 'INTEGER',
    id: 'INTEGER',
    trace: 'UHUGEINT',
    revision: 'INTEGER',
    start: 'DOUBLE',
    finish: 'DOUBLE',
    response_time: 'DOUBLE',
    flags: 'INTEGER',
    causes: 'INTEGER',
    http_status: 'INTEGER',
    http_url: 'VARCHAR',
    http_method: 'VARCHAR',
    http_agent: 'VARCHAR',
    http_ip: 'VARCHAR',
  },
  visits: {
    scope: 'INTEGER',
    id: 'INTEGER',
    start: 'DOUBLE',
    service: 'INTEGER',
    flags: 'INTEGER',
    response_time: 'DOUBLE',
    duration: 'DOUBLE',
    http_status: 'INTEGER',
    source: 'INTEGER',
    call_flags: 'INTEGER',
    call_response_time: 'DOUBLE',
  },
  texts: { id: 'INTEGER', name: 'INTEGER', value: 'VARCHAR' },
  numbers: { id: 'INTEGER', name: 'INTEGER', value: 'DOUBLE' },
  chosen: { id: 'INTEGER' },
} as const

export type TableName = keyof typeof TABLES

/** Tables whose rows of a trace are made anew with every document of it. */
export const DERIVED_TABLES = ['traces', 'visits', 'texts', 'numbers'] as const satisfies readonly TableName[]

/** A time, a status or a service that there is not. */
export const UNSET = -1

/** When a visit (alias `v`) ended; its start while it goes on. */
export const FINISH = '(v.start + greatest(v.response_time, 0))'

/** Bits of `traces.flags` and `visits.flags` beyond those of a call. */
export const INFERRED = 16
export const ROOT = 32
/** Of traces alone: there may be root causes of the kind. */
export const CAUSES = { responsetime: 64, fault: 128, error: 256 } as const

/** What rows of `texts` and `numbers` are of. Annotations by the type of their value; booleans are the numbers 0 and 1. */
export type AttributeKind =
  | 'string'
  | 'number'
  | 'boolean'
  | 'user'
  | 'resource.arn'
  | 'instance.id'
  | 'availabilityzone'
  | 'exception.name'
  | 'exception.message'

const columnsOf = (table: TableName): string =>
  Object.entries(TABLES[table])
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')

/** Anew each time: rows that are deleted from a table are passed over by every later search of it. */
export const CREATE_CHOSEN = `CREATE OR REPLACE TEMP TABLE chosen (${columnsOf('chosen')})`

/** Changed with the schema: an index of another version is made anew from the log. */
export const SCHEMA_VERSION = 5

export const CREATE_STATEMENTS: readonly string[] = [
  ...(Object.keys(TABLES) as TableName[]).map(
    table => `CREATE ${table === 'chosen' ? 'TEMP ' : ''}TABLE IF NOT EXISTS ${table} (${columnsOf(table)})`,
  ),
  'CREATE TABLE IF NOT EXISTS scopes (id INTEGER, name VARCHAR)',
  'CREATE TABLE IF NOT EXISTS services (id INTEGER, scope INTEGER, name VARCHAR, type VARCHAR, account VARCHAR)',
  'CREATE TABLE IF NOT EXISTS causes (id INTEGER, text VARCHAR, facts VARCHAR)',
  'CREATE TABLE IF NOT EXISTS names (id INTEGER, kind VARCHAR, key VARCHAR)',
  'CREATE TABLE IF NOT EXISTS files (file INTEGER, created BIGINT, bytes BIGINT)',
  'CREATE TABLE IF NOT EXISTS versions (version INTEGER)',
]
