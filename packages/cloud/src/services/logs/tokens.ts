import { invalidParameter } from './errors.ts'
import type { Cursor } from './selection.ts'

const invalidToken = () => invalidParameter('The specified nextToken is invalid.')

const digits = ({ timestamp, position }: Cursor): string =>
  `${String(timestamp).padStart(20, '0')}${String(position).padStart(36, '0')}`

/** The id of an event: 56 digits that order as events do. */
export const eventId = digits

const TOKEN = /^([fb])\/(\d{20})(\d{36})\/s$/

/** A token of GetLogEvents: what lies behind (`f`) or before (`b`) a place. */
export const writeToken = (direction: 'forward' | 'backward', cursor: Cursor): string =>
  `${direction === 'forward' ? 'f' : 'b'}/${digits(cursor)}/s`

/** @throws ServiceError `InvalidParameterException` */
export const readToken = (token: string): { direction: 'forward' | 'backward'; cursor: Cursor } => {
  const match = TOKEN.exec(token)
  if (!match) throw invalidToken()
  const [, direction, timestamp, position] = match
  return {
    direction: direction === 'f' ? 'forward' : 'backward',
    cursor: { timestamp: Number(timestamp), position: Number(position) },
  }
}

/** A token that names the last item of a page. */
export const writeNameToken = (name: string): string => Buffer.from(name).toString('base64url')

/** @throws ServiceError `InvalidParameterException` */
export const readNameToken = (token: string | undefined): string | undefined => {
  if (token === undefined) return undefined
  const name = Buffer.from(token, 'base64url').toString()
  if (name === '' || writeNameToken(name) !== token) throw invalidToken()
  return name
}

/** One page out of a sorted list, behind the item that the token names. */
export const pageOf = <T>(
  sorted: readonly T[],
  nameOf: (item: T) => string,
  token: string | undefined,
  limit: number,
) => {
  const after = readNameToken(token)
  const start = after === undefined ? 0 : sorted.findIndex(item => nameOf(item) === after) + 1
  if (after !== undefined && start === 0) throw invalidToken()
  const page = sorted.slice(start, start + limit)
  const last = page.at(-1)
  return {
    page,
    ...(last !== undefined && start + limit < sorted.length && { nextToken: writeNameToken(nameOf(last)) }),
  }
}
