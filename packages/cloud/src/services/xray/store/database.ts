import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api'
import { CREATE_STATEMENTS, SCHEMA_VERSION, type TableName } from './schema.ts'
import { TableWriter } from './table-writer.ts'

type DuckDb = typeof import('@duckdb/node-api')
export type Row = Record<string, DuckDBValue>

/** Half of a small machine's cores; DuckDB's own default is all of them and 80 % of the memory. */
const THREADS = 2
const MEMORY_LIMIT = '384MB'
const NAME = 'traces_index'
/**
 * The index has no log of its own: X-Ray's log is all that it is made of. Killed, it is as at its last checkpoint, with the
 * positions that were reached then.
 */
const ATTACH_OPTIONS = '(RECOVERY_MODE no_wal_writes)'
/** To choose for each column how it is packed and to pack it costs a tenth of a load; the log is seven times as large anyway. */
const COMPRESSION = 'uncompressed'
/** Checkpoints are made by who loads. */
const CHECKPOINT_THRESHOLD = '100GB'

/** DuckDB as the index uses it: one connection, one statement at a time. */
export interface Database {
  run(sql: string, values?: readonly DuckDBValue[]): Promise<void>
  rows(sql: string, values?: readonly DuckDBValue[]): Promise<Row[]>
  writer(table: TableName): Promise<TableWriter>
  /** All or nothing. */
  transaction<T>(work: () => Promise<T>): Promise<T>
  close(): void
}

const wrap = (duckdb: DuckDb, instance: DuckDBInstance, connection: DuckDBConnection): Database => {
  const run = async (sql: string, values: readonly DuckDBValue[] = []): Promise<void> => {
    await connection.run(sql, [...values])
  }
  return {
    run,
    rows: async (sql, values = []) => (await connection.runAndReadAll(sql, [...values])).getRowObjects(),
    writer: table => TableWriter.open(duckdb, connection, table),
    transaction: async work => {
      await run('BEGIN')
      try {
        const result = await work()
        await run('COMMIT')
        return result
      } catch (error) {
        await run('ROLLBACK').catch(() => {})
        throw error
      }
    },
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/**
 * Opens the index, empty where there is none.
 *
 * @param path of its file; in memory where absent
 * @throws Error when the file is damaged, in use, or of another version of Sonde
 */
export const openDatabase = async (path: string | undefined): Promise<Database> => {
  const duckdb = await import('@duckdb/node-api')
  const instance = await duckdb.DuckDBInstance.create(':memory:', {
    threads: String(THREADS),
    memory_limit: MEMORY_LIMIT,
    checkpoint_threshold: CHECKPOINT_THRESHOLD,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const database = wrap(duckdb, instance, await instance.connect())
  try {
    if (path !== undefined) {
      await database.run(`ATTACH '${path.replaceAll("'", "''")}' AS ${NAME} ${ATTACH_OPTIONS}`)
      await database.run(`USE ${NAME}`)
    }
    await database.run(`SET force_compression = '${COMPRESSION}'`)
    for (const statement of CREATE_STATEMENTS) await database.run(statement)
    const [found] = await database.rows('SELECT version FROM versions')
    if (!found) await database.run(`INSERT INTO versions VALUES (${SCHEMA_VERSION})`)
    else if (found.version !== SCHEMA_VERSION) throw new Error(`The index has version ${found.version}.`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}
