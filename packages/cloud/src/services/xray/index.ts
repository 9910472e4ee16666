import type { Clock } from '../../kernel/clock.ts'
import type { SegmentRecorder } from '../../kernel/ports.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import { createOperations } from './operations.ts'
import { readDocument } from './segment-document.ts'
import { createTraceStore } from './trace-store.ts'

export interface XRayDependencies {
  readonly store: Store
  readonly clock: Clock
}

/** X-Ray takes segments and gives back whole traces of late, in bounded memory: they go with the process. */
export const createXRay = ({ clock }: XRayDependencies): CloudService & SegmentRecorder => {
  const traces = createTraceStore()
  return {
    id: 'xray',
    apis: [{ api: 'xray', operations: createOperations(traces, clock) }],
    record: (scope, segment) => {
      // Checked as a client's is, so that one of ours which is wrong cannot harm those who read traces.
      const text = JSON.stringify(segment)
      const read = readDocument(text, clock.now())
      if ('document' in read) traces.put(scope, read.document, text)
    },
    reset: () => traces.clear(),
  }
}
