import { type Scope, scopeKey } from '../../kernel/scope.ts'
import type { SegmentDocument } from './segment-document.ts'

/** Documents kept over all traces; beyond it the oldest traces go. */
const MAX_DOCUMENTS = 20_000
/** What their texts may take, at 2 bytes a character. */
const MAX_CHARACTERS = 32 * 1024 ** 2

/** One document as it came in; parsed again where it is read, which is seldom. */
interface StoredDocument {
  readonly text: string
  readonly inProgress: boolean
}

interface Trace {
  readonly scope: string
  readonly id: string
  /** By segment id. */
  readonly documents: Map<string, StoredDocument>
}

export interface TraceStore {
  /** @param text the document as it came */
  put(scope: Scope, document: SegmentDocument, text: string): void
  /** The texts of a trace's documents by segment id, in the order they came; `undefined` where it is not known. */
  documents(scope: Scope, traceId: string): ReadonlyArray<readonly [id: string, text: string]> | undefined
  clear(): void
}

export interface TraceLimits {
  readonly maxDocuments: number
  readonly maxCharacters: number
}

const LIMITS: TraceLimits = { maxDocuments: MAX_DOCUMENTS, maxCharacters: MAX_CHARACTERS }

/** The traces of late, in bounded memory. */
export const createTraceStore = (limits: TraceLimits = LIMITS): TraceStore => {
  /** In order of their first document. */
  const traces = new Map<string, Trace>()
  let count = 0
  let characters = 0

  const evict = (): void => {
    for (const [key, trace] of traces) {
      if (count <= limits.maxDocuments && characters <= limits.maxCharacters) break
      traces.delete(key)
      count -= trace.documents.size
      for (const { text } of trace.documents.values()) characters -= text.length
    }
  }

  const keyOf = (scope: Scope, traceId: string): string => `${scopeKey(scope)}/${traceId}`

  return {
    put: (scope, document, text) => {
      const key = keyOf(scope, document.trace_id)
      let trace = traces.get(key)
      if (!trace) {
        trace = { scope: scopeKey(scope), id: document.trace_id, documents: new Map() }
        traces.set(key, trace)
      }
      const present = trace.documents.get(document.id)
      const inProgress = document.in_progress === true
      // What is complete is not undone by a report of its progress that comes late.
      if (present && !present.inProgress && inProgress) return
      trace.documents.set(document.id, { text, inProgress })
      if (!present) count++
      characters += text.length - (present?.text.length ?? 0)
      evict()
    },
    documents: (scope, traceId) => {
      const trace = traces.get(keyOf(scope, traceId))
      return trace && Array.from(trace.documents, ([id, { text }]) => [id, text] as const)
    },
    clear: () => {
      traces.clear()
      count = 0
      characters = 0
    },
  }
}
