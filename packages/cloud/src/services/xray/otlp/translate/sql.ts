import type { Span } from '../model.ts'
import { firstText, present, type Remaining } from './attributes.ts'

/** What X-Ray's exporter takes for SQL. */
const SQL_SYSTEMS = new Set([
  'db2',
  'derby',
  'hive',
  'mariadb',
  'mssql',
  'mysql',
  'oracle',
  'postgresql',
  'sqlite',
  'teradata',
  'other_sql',
])

/** The exporter's names first, then those that the stable conventions renamed them to. */
const SYSTEM = ['db.system', 'db.system.name']
const CONNECTION = ['db.connection_string']
const NAME = ['db.name', 'db.namespace']
const STATEMENT = ['db.statement', 'db.query.text']
const USER = ['db.user']
const CONSUMED = [...SYSTEM, ...CONNECTION, ...NAME, ...STATEMENT, ...USER]

/** The sql block, and takes its attributes. Databases of other kinds keep theirs as metadata. */
export const sqlBlock = ({ attributes, name }: Span, remaining: Remaining): object | undefined => {
  const system = firstText(attributes, SYSTEM)
  if (!SQL_SYSTEMS.has(system)) return undefined
  for (const key of CONSUMED) remaining.delete(key)
  const connection = firstText(attributes, CONNECTION) || 'localhost'
  return present({
    // The exporter puts the span's name here: the connection is told once already.
    url: name,
    connection_string: `${connection}/${firstText(attributes, NAME)}`,
    sanitized_query: firstText(attributes, STATEMENT),
    database_type: system,
    user: firstText(attributes, USER),
  })
}
