import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs'
import { ServiceError } from '@sonde/wire'
import { emptyBatch, entryIdsNotDistinct, invalidBatchEntryId, tooManyEntries } from './errors.ts'
import { MAX_BATCH_ENTRIES } from './limits.ts'

const ID = /^[A-Za-z0-9_-]{1,80}$/

interface Entry {
  readonly Id: string | undefined
}

/** @throws ServiceError for a batch that is refused as a whole */
const checkEntries = (entries: readonly Entry[], entryType: string): void => {
  if (entries.length === 0) throw emptyBatch(entryType)
  if (entries.length > MAX_BATCH_ENTRIES) throw tooManyEntries(entries.length)
  const ids = new Set<string>()
  for (const { Id = '' } of entries) {
    if (!ID.test(Id)) throw invalidBatchEntryId()
    if (ids.has(Id)) throw entryIdsNotDistinct(Id)
    ids.add(Id)
  }
}

const failure = (id: string, error: ServiceError): BatchResultErrorEntry => ({
  Id: id,
  SenderFault: (error.status ?? 400) < 500,
  Code: error.queryCode ?? error.code,
  Message: error.message,
})

/**
 * Does something with each entry of a batch: those that fail are told of and stop none of the others.
 *
 * @throws ServiceError for a batch that is refused as a whole, or 501
 */
export const runBatch = <T extends Entry, Result>(
  entries: readonly T[],
  entryType: string,
  run: (entry: T) => Result,
): { Successful: Array<Result & { Id: string }>; Failed: BatchResultErrorEntry[] } => {
  checkEntries(entries, entryType)
  const Successful: Array<Result & { Id: string }> = []
  const Failed: BatchResultErrorEntry[] = []
  for (const entry of entries) {
    const id = entry.Id ?? ''
    try {
      Successful.push({ ...run(entry), Id: id })
    } catch (error) {
      if (!(error instanceof ServiceError) || error.status === 501) throw error
      Failed.push(failure(id, error))
    }
  }
  return { Successful, Failed }
}
