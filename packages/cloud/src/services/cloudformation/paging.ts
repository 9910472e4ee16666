import { validationError } from './errors.ts'

/** Items of one page. CloudFormation's own pages are bounded by their size, 1 MB. */
export const PAGE_SIZE = 100

export interface Page<T> {
  readonly items: T[]
  readonly NextToken?: string
}

/**
 * One page of a list. The token names the last item that was given, so that items which are added in front meanwhile
 * do not shift the next page.
 *
 * @param keyOf unique among the items
 * @throws ServiceError `ValidationError` for a token that names no item
 */
export const paginate = <T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  token: string | undefined,
): Page<T> => {
  let start = 0
  if (token) {
    const key = Buffer.from(token, 'base64url').toString()
    start = items.findIndex(item => keyOf(item) === key) + 1
    if (start === 0) throw validationError('NextToken is not valid')
  }
  const page = items.slice(start, start + PAGE_SIZE)
  const last = page.at(-1)
  return start + PAGE_SIZE < items.length && last !== undefined
    ? { items: page, NextToken: Buffer.from(keyOf(last)).toString('base64url') }
    : { items: page }
}
