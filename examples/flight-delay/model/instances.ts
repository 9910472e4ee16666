/** Reads the rows of a request to `/invocations`. */

/** Rows that one request may carry. */
export const MAX_INSTANCES = 4096

/** A request that the client must change; the message says how. */
export class InvalidInstancesError extends Error {
  override readonly name = 'InvalidInstancesError' as const
  readonly status: number

  constructor(message: string, status = 400) {
    super(message)
    this.status = status
  }
}

const toRows = (
  instances: readonly unknown[],
  names: readonly string[],
  where: (row: number) => string,
): Float32Array => {
  if (instances.length === 0) throw new InvalidInstancesError('There are no instances.')
  if (instances.length > MAX_INSTANCES) {
    throw new InvalidInstancesError(`There are ${instances.length} instances; ${MAX_INSTANCES} are accepted.`)
  }
  const rows = new Float32Array(instances.length * names.length)
  for (const [row, instance] of instances.entries()) {
    if (!Array.isArray(instance) || instance.length !== names.length) {
      throw new InvalidInstancesError(`${where(row)} must have ${names.length} numbers: ${names.join(', ')}.`)
    }
    for (const [column, value] of instance.entries()) {
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        throw new InvalidInstancesError(`${where(row)}: ${names[column]} must be a finite number.`)
      }
      rows[row * names.length + column] = value
    }
  }
  return rows
}

const readJson = (text: string, names: readonly string[]): Float32Array => {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    throw new InvalidInstancesError('The body is not JSON.')
  }
  const instances =
    typeof document === 'object' && document !== null && 'instances' in document
      ? document.instances
      : undefined
  if (!Array.isArray(instances)) throw new InvalidInstancesError('The body must be {"instances": [[…], …]}.')
  return toRows(instances, names, row => `instances[${row}]`)
}

const readCsv = (text: string, names: readonly string[]): Float32Array => {
  const lines = text.split(/\r?\n/).filter(line => line.trim() !== '')
  // Number('') is 0: an empty cell must not pass for one.
  const cells = lines.map(line =>
    line.split(',').map(cell => (cell.trim() === '' ? Number.NaN : Number(cell))),
  )
  return toRows(cells, names, row => `Line ${row + 1}`)
}

const READERS: Readonly<Record<string, typeof readJson>> = {
  'application/json': readJson,
  'text/csv': readCsv,
}

/**
 * @param contentType the request's header; JSON where absent
 * @param names the model's features, in order
 * @returns one row after another
 * @throws InvalidInstancesError naming what is wrong
 */
export const readInstances = (
  body: Uint8Array,
  contentType: string | undefined,
  names: readonly string[],
): Float32Array => {
  const type = (contentType ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? ''
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined
  if (!reader) {
    throw new InvalidInstancesError(
      `Content-Type ${type} is not accepted; send ${Object.keys(READERS).join(' or ')}.`,
      415,
    )
  }
  return reader(new TextDecoder().decode(body), names)
}
