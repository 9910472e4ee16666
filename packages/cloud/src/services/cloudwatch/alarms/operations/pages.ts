import { invalidNextToken } from '../errors.ts'

/** A token is of one listing: what was asked for, and behind which place it goes on. */
const encode = (listing: string, place: string): string =>
  Buffer.from(JSON.stringify([listing, place])).toString('base64url')

const decode = (token: string, listing: string): string => {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (Array.isArray(value) && value[0] === listing && typeof value[1] === 'string') return value[1]
  } catch {
    // Told below.
  }
  throw invalidNextToken()
}

/**
 * One page of sorted items.
 *
 * @param listing what tells this listing from others, so that a token of another one is refused
 * @param placeOf the text an item is sorted by, ascending by code units, and unique
 * @throws ServiceError `InvalidNextToken`
 */
export const pageOf = <Item>(
  items: readonly Item[],
  { listing, token, size }: { listing: string; token: string | undefined; size: number },
  placeOf: (item: Item) => string,
): { readonly page: Item[]; readonly next: { NextToken?: string } } => {
  const after = token === undefined ? undefined : decode(token, listing)
  const rest = after === undefined ? items : items.filter(item => placeOf(item) > after)
  const page = rest.slice(0, size)
  const last = page.at(-1)
  return { page, next: last && rest.length > size ? { NextToken: encode(listing, placeOf(last)) } : {} }
}
