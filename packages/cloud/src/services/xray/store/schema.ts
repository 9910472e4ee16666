/**
 * The index: everything in it follows from the log, and is made anew from there when it is lost. Rows of a trace are
 * replaced as a whole when documents of it arrive late. `batch` counts loads; it grows from row to row, so that a search
 * for what a late document replaces reads only the rows since the trace was first seen. What is not set is {@link UNSET}
 * or an empty text and never null, which costs several times as much to write.
 *
 * - `documents`: where the documents of a trace are: `offset:length` in bytes of a file of the log, joined by blanks
 * - `traces`: of each trace what a search compares or orders by; summaries are made from the documents when asked for
 * - `visits`: one request to a service, as the service (`flags`, …) and its caller (`call_…`) saw it. Seconds.
 * - `touched`: of the load that runs, its traces
 * - `texts`, `numbers`: what expressions look for by value; `name` is the number of a kind and, of annotations, a key
 */
export const TABLES = {
  documents: {
    scope: 'SMALLINT',
    batch: 'INTEGER',
    trace: 'UHUGEINT',
    file: 'INTEGER',
    spans: 'VARCHAR',
  },
  traces: {
    scope: 'SMALLINT',
    batch: 'INTEGER',
    trace: 'UHUGEINT',
    first_batch: 'INTEGER',
    revision: 'INTEGER',
    start: 'DOUBLE',
    finish: 'DOUBLE',
    response_time: 'DOUBLE',
    flags: 'INTEGER',
    http_status: 'INTEGER',
    http_url: 'VARCHAR',
    http_method: 'VARCHAR',
    http_agent: 'VARCHAR',
    http_ip: 'VARCHAR',
  },
  visits: {
    scope: 'SMALLINT',
    batch: 'INTEGER',
    trace: 'UHUGEINT',
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
  texts: { scope: 'SMALLINT', batch: 'INTEGER', trace: 'UHUGEINT', name: 'INTEGER', value: 'VARCHAR' },
  numbers: { scope: 'SMALLINT', batch: 'INTEGER', trace: 'UHUGEINT', name: 'INTEGER', value: 'DOUBLE' },
  touched: { scope: 'SMALLINT', trace: 'UHUGEINT' },
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

const columnsOf = (table: TableName): string =>
  Object.entries(TABLES[table])
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')

/** Changed with the schema: an index of another version is made anew from the log. */
export const SCHEMA_VERSION = 3

export const CREATE_STATEMENTS: readonly string[] = [
  ...(Object.keys(TABLES) as TableName[]).map(
    table => `CREATE ${table === 'touched' ? 'TEMP ' : ''}TABLE IF NOT EXISTS ${table} (${columnsOf(table)})`,
  ),
  'CREATE TABLE IF NOT EXISTS scopes (id SMALLINT, name VARCHAR)',
  'CREATE TABLE IF NOT EXISTS services (id INTEGER, scope SMALLINT, name VARCHAR, type VARCHAR, account VARCHAR)',
  'CREATE TABLE IF NOT EXISTS names (id INTEGER, kind VARCHAR, key VARCHAR)',
  'CREATE TABLE IF NOT EXISTS files (file INTEGER, bytes BIGINT)',
  'CREATE TABLE IF NOT EXISTS versions (version INTEGER)',
]
