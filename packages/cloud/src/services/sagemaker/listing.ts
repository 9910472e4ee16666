import { validationException } from './errors.ts'

/** Of one page. */
const MAX_RESULTS = 100
const DEFAULT_RESULTS = 10

/** The members that all List operations share. */
export interface ListRequest {
  readonly SortBy?: string | undefined
  readonly SortOrder?: string | undefined
  readonly NextToken?: string | undefined
  readonly MaxResults?: number | undefined
  readonly NameContains?: string | undefined
  readonly CreationTimeBefore?: Date | undefined
  readonly CreationTimeAfter?: Date | undefined
  readonly LastModifiedTimeBefore?: Date | undefined
  readonly LastModifiedTimeAfter?: Date | undefined
  readonly StatusEquals?: string | undefined
}

export interface Listed {
  readonly name: string
  readonly creationTime: number
  readonly lastModifiedTime?: number
  readonly status?: string
}

export interface Page<T> {
  readonly items: T[]
  readonly nextToken: string | undefined
}

const invalidToken = () => validationException('The NextToken that was given is invalid.')

/** A token is the place in the sorted list after which the next page begins, so that deletions move nothing. */
const encode = (place: readonly [string | number, string]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url')

const decode = (token: string): readonly [string | number, string] => {
  try {
    const place: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (Array.isArray(place) && place.length === 2 && typeof place[1] === 'string') {
      const [key, name] = place
      if (typeof key === 'string' || typeof key === 'number') return [key, name]
    }
  } catch {
    // Not one of ours.
  }
  throw invalidToken()
}

const matches = (item: Listed, request: ListRequest): boolean => {
  const modified = item.lastModifiedTime ?? item.creationTime
  const { NameContains, CreationTimeBefore, CreationTimeAfter, StatusEquals } = request
  return (
    (!NameContains || item.name.includes(NameContains)) &&
    (!CreationTimeBefore || item.creationTime <= CreationTimeBefore.getTime()) &&
    (!CreationTimeAfter || item.creationTime >= CreationTimeAfter.getTime()) &&
    (!request.LastModifiedTimeBefore || modified <= request.LastModifiedTimeBefore.getTime()) &&
    (!request.LastModifiedTimeAfter || modified >= request.LastModifiedTimeAfter.getTime()) &&
    (!StatusEquals || item.status === StatusEquals)
  )
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0)

/** One page of a List operation. By default the newest come first, ten at a time. */
export const listPage = <T extends Listed>(records: readonly T[], request: ListRequest): Page<T> => {
  const size = Math.min(request.MaxResults ?? DEFAULT_RESULTS, MAX_RESULTS)
  if (!(size >= 1)) {
    throw validationException(
      `1 validation error detected: Value '${request.MaxResults}' at 'maxResults' failed to satisfy constraint: ` +
        'Member must have value greater than or equal to 1',
    )
  }
  const keyOf = (item: T): string | number =>
    request.SortBy === 'Name'
      ? item.name
      : request.SortBy === 'Status'
        ? (item.status ?? '')
        : item.creationTime
  const direction = request.SortOrder === 'Ascending' ? 1 : -1
  const order = (a: readonly [string | number, string], b: readonly [string | number, string]): number =>
    direction * (compare(a[0], b[0]) || compare(a[1], b[1]))
  const place = (item: T): readonly [string | number, string] => [keyOf(item), item.name]
  const from = request.NextToken ? decode(request.NextToken) : undefined
  const found = records
    .filter(item => matches(item, request) && (!from || order(place(item), from) > 0))
    .sort((a, b) => order(place(a), place(b)))
  const items = found.slice(0, size)
  const last = items.at(-1)
  return { items, nextToken: found.length > size && last ? encode(place(last)) : undefined }
}
