import type { DuckDBAppender, DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import { TABLES, type TableName } from './schema.ts'

/** Rows of one of DuckDB's vectors: what it takes and gives at once. */
const CHUNK_ROWS = 2_048

type DuckDb = typeof import('@duckdb/node-api')

/** Appends rows to a table by column, which costs half of what appending value by value does. */
export class TableWriter {
  readonly #duckdb: DuckDb
  readonly #appender: DuckDBAppender
  readonly #types: readonly DuckDBType[]
  readonly #columns: DuckDBValue[][]
  #rows = 0

  private constructor(duckdb: DuckDb, appender: DuckDBAppender, types: readonly DuckDBType[]) {
    this.#duckdb = duckdb
    this.#appender = appender
    this.#types = types
    this.#columns = types.map(() => [])
  }

  static async open(duckdb: DuckDb, connection: DuckDBConnection, table: TableName): Promise<TableWriter> {
    const types = Object.values(TABLES[table]).map(type => duckdb[type])
    return new TableWriter(duckdb, await connection.createAppender(table), types)
  }

  /** @param row values in the order of the table's columns, all of them */
  add(...row: DuckDBValue[]): void {
    let index = 0
    for (const column of this.#columns) column.push(row[index++] as DuckDBValue)
    this.#rows++
    if (this.#rows === CHUNK_ROWS) this.#flush()
  }

  close(): void {
    this.#flush()
    this.#appender.closeSync()
  }

  #flush(): void {
    if (this.#rows === 0) return
    const chunk = this.#duckdb.DuckDBDataChunk.create(this.#types, this.#rows)
    chunk.setColumns(this.#columns)
    this.#appender.appendDataChunk(chunk)
    for (const column of this.#columns) column.length = 0
    this.#rows = 0
  }
}
