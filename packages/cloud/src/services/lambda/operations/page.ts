import { constraintViolation, invalidParameter } from '../errors.ts'
import { DEFAULT_PAGE, MAXIMUM_PAGE } from '../limits.ts'

/**
 * One page of a list. The marker is the key of the last item of the page before.
 *
 * @throws ServiceError where MaxItems is out of range or the marker is none of ours
 */
export const page = <T>(
  items: readonly T[],
  key: (item: T) => string,
  request: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
): { readonly items: T[]; readonly next: { readonly NextMarker?: string } } => {
  const { Marker: marker, MaxItems: size = DEFAULT_PAGE } = request
  if (size < 1)
    throw constraintViolation(size, 'maxItems', 'Member must have value greater than or equal to 1')
  if (size > MAXIMUM_PAGE) {
    throw constraintViolation(
      size,
      'maxItems',
      `Member must have value less than or equal to ${MAXIMUM_PAGE}`,
    )
  }
  let start = 0
  if (marker) {
    const after = Buffer.from(marker, 'base64').toString()
    const index = items.findIndex(item => key(item) === after)
    if (index === -1) throw invalidParameter('Invalid Marker')
    start = index + 1
  }
  // AWS answers 50 items a page at most, whatever was asked for.
  const end = start + Math.min(size, DEFAULT_PAGE)
  const last = items[end - 1]
  const found = items.slice(start, end)
  return {
    items: found,
    next: end < items.length && last ? { NextMarker: Buffer.from(key(last)).toString('base64') } : {},
  }
}
