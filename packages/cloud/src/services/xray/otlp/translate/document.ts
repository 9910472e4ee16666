import type { ResourceSpans } from '../model.ts'
import { RejectedSpan } from './rejected-span.ts'
import { segmentsOf, type TranslateOptions } from './segment.ts'

/** TypeScript's library does not know it yet. */
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown }

const writeBigint = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? rawJSON(value.toString()) : value

/** JSON text; integers beyond 2^53 with all their digits. */
const textOf = (draft: object): string => {
  try {
    return JSON.stringify(draft)
  } catch (error) {
    // Only JSON within an attribute can be so: its depth is not looked at before.
    if (error instanceof RangeError) throw new RejectedSpan('a span that nests too deep')
    // A replacer costs several times the writing: it is used where a bigint was met.
    if (!(error instanceof TypeError)) throw error
    return JSON.stringify(draft, writeBigint)
  }
}

export interface Translated {
  /** Each one segment document, as for PutTraceSegments. */
  readonly documents: string[]
  /** How many spans no document could be made of, and the first reason. */
  readonly rejected: number
  readonly reason: string | undefined
}

/** The documents of an export. A span that X-Ray cannot hold does not harm the others. */
export const translate = (
  request: readonly ResourceSpans[],
  now: number,
  options: TranslateOptions = {},
): Translated => {
  const documents: string[] = []
  let rejected = 0
  let reason: string | undefined
  for (const { resource, spans } of request) {
    for (const span of spans) {
      try {
        for (const draft of segmentsOf(span, resource, now, options)) documents.push(textOf(draft))
      } catch (error) {
        if (!(error instanceof RejectedSpan)) throw error
        rejected++
        reason ??= error.message
      }
    }
  }
  return { documents, rejected, reason }
}
