import { badRequest } from '../errors.ts'

/**
 * The rows of a text of comma-separated values (RFC 4180): cells in double quotes may hold commas, line ends and, doubled,
 * double quotes. Empty lines are left out.
 *
 * @throws ServiceError `BadRequestException` for a double quote that does not open or close a cell
 */
export const parseCsv = (text: string): string[][] => {
  const rows: string[][] = []
  let row: string[] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^,\r\n"]*))(,|\r\n|\n|\r|$)/gy
  for (let match = cell.exec(text); match; match = cell.exec(text)) {
    const [, quoted, plain = '', end] = match
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
    if (cell.lastIndex >= text.length) return rows
  }
  throw badRequest('Invalid API keys file: a double quote is misplaced')
}
