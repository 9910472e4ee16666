/** What calls over node:http and undici have in common. */

import { recordingParent } from '../core/capture.ts'
import { recordException } from '../core/cause.ts'
import { active } from '../core/context.ts'
import { detailsOf, type Entity, headerOf, openChild } from '../core/entity.ts'
import { closeEntity } from '../core/recorder.ts'
import { type ReadHeader, readAwsCall } from './aws-wire.ts'
import { contentLength, flagStatus } from './status.ts'

export interface OutgoingOptions {
  /**
   * Hosts that get the trace header besides AWS's: names, patterns, or a function of the host (without port). AWS's are
   * `*.amazonaws.com`, `*.amazonaws.com.cn`, `*.on.aws` and whatever a request is signed for with SigV4.
   */
  readonly propagateTo?: readonly (string | RegExp)[] | ((host: string) => boolean)
  /** Calls that are not recorded, by host (without port) and path. */
  readonly ignore?: (host: string, path: string) => boolean
}

/** A call about to be made. */
export interface OutgoingCall {
  readonly protocol: 'http:' | 'https:'
  readonly method: string
  /** With the port where it is not the protocol's own. */
  readonly host: string
  readonly path: string
  readonly header: ReadHeader
  readonly setHeader: (name: string, value: string) => void
}

const AWS_HOST = /\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/

/** `example.com` of `example.com:8080`, `::1` of `[::1]:80`. */
export const hostName = (host: string): string => host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')

const wanted = (host: string, options: OutgoingOptions): boolean => {
  const { propagateTo } = options
  if (AWS_HOST.test(host)) return true
  if (typeof propagateTo === 'function') return propagateTo(host)
  return propagateTo?.some(each => (typeof each === 'string' ? each === host : each.test(host))) ?? false
}

/**
 * Opens a subsegment for a call, where one is to be recorded, and gives the call its header, where it is to have one.
 * Inside of an AWS call nothing is opened: the SDK's own requests are parts of that.
 */
export const openCall = (call: OutgoingCall, options: OutgoingOptions): Entity | undefined => {
  const caller = active()
  if (caller === undefined || caller.namespace === 'aws') return undefined
  const host = hostName(call.host)
  const path = call.path.split('?', 1)[0] ?? '/'
  if (options.ignore?.(host, path)) return undefined
  const aws = readAwsCall(call.method, call.path, call.header)
  const parent = recordingParent(host)
  const entity = parent && openChild(parent, aws?.name ?? host)
  if (entity) {
    entity.namespace = aws ? 'aws' : 'remote'
    const details = detailsOf(entity)
    details.http = { request: { method: call.method, url: `${call.protocol}//${call.host}${path}` } }
    if (aws) details.aws = aws.aws
  }
  if ((aws || wanted(host, options)) && call.header('x-amzn-trace-id') === undefined) {
    const header = headerOf(entity ?? caller)
    if (header !== undefined) call.setHeader('X-Amzn-Trace-Id', header)
  }
  return entity
}

/** Notes the response's head. */
export const answerCall = (entity: Entity, status: number, header: ReadHeader): void => {
  const details = detailsOf(entity)
  flagStatus(details, status)
  const length = contentLength(header('content-length'))
  details.http = {
    ...details.http,
    response: { status, ...(length !== undefined && { content_length: length }) },
  }
  if (!details.aws) return
  const requestId = header('x-amzn-requestid') ?? header('x-amz-request-id')
  if (requestId) details.aws.request_id = requestId
  const id2 = header('x-amz-id-2')
  if (id2) details.aws.id_2 = id2
}

/** Ends a call that got no whole answer. */
export const failCall = (entity: Entity, error: unknown): void => {
  detailsOf(entity).fault = true
  recordException(entity, error)
  closeEntity(entity)
}
