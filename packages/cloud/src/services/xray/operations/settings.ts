import { notImplemented } from '@sonde/wire'
import { invalidRequest } from '../errors.ts'
import type { XRayOperations } from './context.ts'

/**
 * What an account can set. Traces are kept here as they are and in X-Ray's own store alone, so that the settings which
 * would change that are refused by name.
 */
export const settingsOperations: Pick<
  XRayOperations,
  | 'GetEncryptionConfig'
  | 'PutEncryptionConfig'
  | 'GetTraceSegmentDestination'
  | 'UpdateTraceSegmentDestination'
> = {
  GetEncryptionConfig: () => ({ EncryptionConfig: { Status: 'ACTIVE', Type: 'NONE' } }),

  PutEncryptionConfig: ({ Type, KeyId }) => {
    if (Type === 'KMS') {
      if (KeyId === undefined) throw invalidRequest('KeyId is required for encryption of type KMS')
      throw notImplemented('Encryption of type KMS')
    }
    if (Type !== 'NONE') throw invalidRequest(`Invalid encryption type: ${Type}`)
    if (KeyId !== undefined) throw invalidRequest('KeyId cannot be specified for encryption of type NONE')
    return { EncryptionConfig: { Status: 'ACTIVE', Type: 'NONE' } }
  },

  GetTraceSegmentDestination: () => ({ Destination: 'XRay', Status: 'ACTIVE' }),

  UpdateTraceSegmentDestination: ({ Destination, ...rest }) => {
    const [other] = Object.entries(rest).filter(([, value]) => value !== undefined)
    if (other) throw notImplemented(`${other[0]} of UpdateTraceSegmentDestination`)
    if (Destination === 'CloudWatchLogs') throw notImplemented('The trace segment destination CloudWatchLogs')
    if (Destination !== 'XRay') throw invalidRequest(`Invalid destination: ${Destination}`)
    return { Destination: 'XRay', Status: 'ACTIVE' }
  },
}
