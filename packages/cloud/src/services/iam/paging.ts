import { validationError } from './errors.ts'

const DEFAULT_ITEMS = 100
const MAX_ITEMS = 1000

export interface PageRequest {
  readonly Marker?: string | undefined
  readonly MaxItems?: number | undefined
}

export interface Page<T> {
  readonly items: T[]
  readonly rest: { readonly IsTruncated: boolean; readonly Marker?: string }
}

/** One page of records in the order of their keys. A marker is the key of the last one before it. */
export const page = <T>(
  records: readonly T[],
  keyOf: (record: T) => string,
  request: PageRequest,
): Page<T> => {
  const size = request.MaxItems ?? DEFAULT_ITEMS
  if (!(size >= 1 && size <= MAX_ITEMS)) {
    const bound = size > MAX_ITEMS ? `less than or equal to ${MAX_ITEMS}` : 'greater than or equal to 1'
    throw validationError(
      `1 validation error detected: Value '${size}' at 'maxItems' failed to satisfy constraint: Member must have ` +
        `value ${bound}`,
    )
  }
  const after = request.Marker ? Buffer.from(request.Marker, 'base64url').toString() : undefined
  if (after !== undefined && Buffer.from(after).toString('base64url') !== request.Marker) {
    throw validationError('Invalid Marker.')
  }
  const found = records
    .map(record => ({ record, key: keyOf(record) }))
    .filter(({ key }) => after === undefined || key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  const items = found.slice(0, size)
  const last = items.at(-1)
  const more = found.length > size && last !== undefined
  return {
    items: items.map(({ record }) => record),
    rest: more
      ? { IsTruncated: true, Marker: Buffer.from(last.key).toString('base64url') }
      : { IsTruncated: false },
  }
}
