import { createHash } from 'node:crypto'
import { invalidRequest } from '../errors.ts'

/** What a token belongs to: another request cannot go on with it. */
const bindingOf = (request: object): string => {
  const { NextToken: _token, ...rest } = request as Record<string, unknown>
  return createHash('sha256').update(JSON.stringify(rest)).digest('base64url').slice(0, 12)
}

const invalidToken = () => invalidRequest('Invalid NextToken.')

/** Makes an opaque token that goes on with `request` from `cursor`. */
export const writePageToken = (request: object, cursor: unknown): string =>
  Buffer.from(JSON.stringify([bindingOf(request), cursor])).toString('base64url')

/**
 * The cursor of a request's token, or `undefined` on its first page.
 *
 * @throws ServiceError `InvalidRequestException` for a token that was not made for this request
 */
export const readPageToken = (request: { NextToken?: string | undefined }): unknown => {
  const { NextToken: token } = request
  if (token === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(token, 'base64url').toString())
  } catch {
    throw invalidToken()
  }
  if (!Array.isArray(value) || value[0] !== bindingOf(request)) throw invalidToken()
  return value[1]
}

/** One page of a list that is made as a whole. */
export const pageOf = <T>(
  request: { NextToken?: string | undefined },
  items: readonly T[],
  size: number,
): { readonly items: T[]; readonly NextToken?: string } => {
  const start = readPageToken(request) ?? 0
  if (typeof start !== 'number') throw invalidToken()
  const end = start + size
  const page = items.slice(start, end)
  return end < items.length ? { items: page, NextToken: writePageToken(request, end) } : { items: page }
}
