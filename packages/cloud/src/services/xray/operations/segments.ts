import { invalidRequest } from '../errors.ts'
import type { Intake } from '../intake/intake.ts'
import type { XRayOperations } from './context.ts'

/** The daemon and the collector send no more at once either. */
const MAX_DOCUMENTS = 50
/** https://docs.aws.amazon.com/xray/latest/api/API_PutTelemetryRecords.html */
const MAX_LENGTHS = { EC2InstanceId: 20, Hostname: 255, ResourceARN: 500 } as const

export const createSegmentOperations = (
  intake: Intake,
): Pick<XRayOperations, 'PutTraceSegments' | 'PutTelemetryRecords'> => ({
  PutTraceSegments: async ({ TraceSegmentDocuments: documents = [] }, { scope }) => {
    if (documents.length > MAX_DOCUMENTS) {
      throw invalidRequest(`At most ${MAX_DOCUMENTS} trace segment documents can be sent at once.`)
    }
    return { UnprocessedTraceSegments: await intake.take(scope, documents) }
  },

  // X-Ray keeps these for itself: no operation returns them.
  PutTelemetryRecords: input => {
    for (const [member, most] of Object.entries(MAX_LENGTHS)) {
      const value = input[member as keyof typeof MAX_LENGTHS]
      if (value !== undefined && value.length > most) {
        throw invalidRequest(`${member} must have length less than or equal to ${most}.`)
      }
    }
    return {}
  },
})
