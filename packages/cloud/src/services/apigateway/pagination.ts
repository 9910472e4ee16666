import { badRequest } from './errors.ts'
import { DEFAULT_PAGE, MAX_PAGE } from './limits.ts'

export interface Page<T> {
  readonly items: T[]
  /** Where the next page starts; absent on the last one. */
  readonly position?: string
}

/**
 * One page of `all`. Positions are opaque to clients; ours count items, so a page after a deletion may skip one, as
 * AWS's may.
 *
 * @throws ServiceError `BadRequestException` for a position that no page has given
 */
export const paginate = <T>(
  all: readonly T[],
  { position, limit }: { position?: string | undefined; limit?: number | undefined },
): Page<T> => {
  const start = position === undefined ? 0 : decode(position)
  const size = limit === undefined ? DEFAULT_PAGE : Math.min(Math.max(1, Math.trunc(limit)), MAX_PAGE)
  const end = start + size
  return {
    items: all.slice(start, end),
    ...(end < all.length && { position: Buffer.from(`p${end}`).toString('base64url') }),
  }
}

const decode = (position: string): number => {
  const match = /^p(\d+)$/.exec(Buffer.from(position, 'base64url').toString('latin1'))
  if (!match) throw badRequest('Invalid position parameter specified')
  return Number(match[1])
}
