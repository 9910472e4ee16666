import type { UnprocessedTraceSegment } from '@aws-sdk/client-xray'
import type { Scope } from '../../../kernel/scope.ts'

/** PutTraceSegments takes no more documents at once; the daemon sends no more either. */
export const MAX_BATCH = 50

/**
 * Takes segment documents into the store, as PutTraceSegments does.
 *
 * @param documents at most {@link MAX_BATCH}
 * @returns those that were not taken, each with its code
 * @throws ServiceError where none was taken
 */
export type Take = (
  scope: Scope,
  documents: string[],
) => Promise<UnprocessedTraceSegment[]> | UnprocessedTraceSegment[]
