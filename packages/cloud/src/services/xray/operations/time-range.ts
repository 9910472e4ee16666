import { invalidRequest } from '../errors.ts'
import type { TimeRange } from '../store/queries.ts'

/** Seen from the service for GetServiceGraph; its console keeps to it everywhere. */
const MAX_RANGE = 6 * 3_600

/** @throws ServiceError `InvalidRequestException` for a range that is missing, ends before it starts, or is longer than 6 h */
export const readTimeRange = (input: {
  StartTime?: Date | undefined
  EndTime?: Date | undefined
}): TimeRange => {
  const { StartTime, EndTime } = input
  if (!StartTime || !EndTime) throw invalidRequest('StartTime and EndTime are required')
  const [start, end] = [StartTime.getTime() / 1_000, EndTime.getTime() / 1_000]
  if (start > end) throw invalidRequest('StartTime cannot be after EndTime')
  if (end - start > MAX_RANGE) throw invalidRequest('Time range cannot be longer than 6 hours')
  return { start, end }
}
