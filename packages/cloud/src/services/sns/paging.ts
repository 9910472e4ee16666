import { invalidParameter } from './errors.ts'
import { PAGE_SIZE } from './limits.ts'

/**
 * A page of 100 in the order of ARNs; the token names the last of the page before.
 *
 * @throws ServiceError `InvalidParameter` for a token that is none
 */
export const page = <T extends { readonly arn: string }>(items: readonly T[], token: string | undefined) => {
  const after = token === undefined || token === '' ? '' : Buffer.from(token, 'base64').toString('utf8')
  if (after !== '' && !after.startsWith('arn:')) throw invalidParameter('NextToken')
  const rest = items.filter(({ arn }) => arn > after).sort((a, b) => (a.arn < b.arn ? -1 : 1))
  const found = rest.slice(0, PAGE_SIZE)
  const last = found.at(-1)
  return {
    items: found,
    nextToken: last && rest.length > found.length ? Buffer.from(last.arn).toString('base64') : undefined,
  }
}
