import { ServiceError } from '@sonde/wire'
import { validationException } from './errors.ts'
import type { ParameterRecord } from './parameters.ts'

export interface PageRequest {
  readonly MaxResults?: number | undefined
  readonly NextToken?: string | undefined
}

/** One page of records that are sorted by name. A token is the last name before it. */
export const page = (
  records: readonly ParameterRecord[],
  { MaxResults, NextToken }: PageRequest,
  maximum: number,
): { items: ParameterRecord[]; nextToken: string | undefined } => {
  const size = MaxResults ?? maximum
  if (!(size >= 1 && size <= maximum)) {
    const bound = size > maximum ? `less than or equal to ${maximum}` : 'greater than or equal to 1'
    throw validationException(
      `1 validation error detected: Value '${size}' at 'maxResults' failed to satisfy constraint: Member must have value ` +
        bound,
    )
  }
  const after = NextToken ? Buffer.from(NextToken, 'base64url').toString() : undefined
  if (after !== undefined && Buffer.from(after).toString('base64url') !== NextToken) {
    throw new ServiceError('InvalidNextToken', 'The specified token is not valid.')
  }
  const found = after === undefined ? records : records.filter(({ name }) => name > after)
  const items = found.slice(0, size)
  const last = items.at(-1)
  const more = found.length > size && last
  return { items, nextToken: more ? Buffer.from(last.name).toString('base64url') : undefined }
}
