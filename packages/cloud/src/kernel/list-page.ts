/** One page of a list that is sorted by its key. */
export interface ListPage<T> {
  readonly items: T[]
  /** Where there is more. */
  readonly nextToken?: string
}

export interface ListPageRequest {
  /** Items of one page. */
  readonly size: number
  readonly token: string | undefined
  /** Thrown for a token that we have not made. */
  readonly invalidToken: () => Error
}

/** The items of a list after those of the pages before: a token is the last key before it, so that lists may change. */
export const listPage = <T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { size, token, invalidToken }: ListPageRequest,
): ListPage<T> => {
  const after = token === undefined ? undefined : Buffer.from(token, 'base64url').toString()
  if (after !== undefined && Buffer.from(after).toString('base64url') !== token) throw invalidToken()
  const sorted = items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  const found = after === undefined ? sorted : sorted.filter(item => keyOf(item) > after)
  const page = found.slice(0, size)
  const last = page.at(-1)
  const hasMore = found.length > size && last !== undefined
  return { items: page, ...(hasMore && { nextToken: Buffer.from(keyOf(last)).toString('base64url') }) }
}
