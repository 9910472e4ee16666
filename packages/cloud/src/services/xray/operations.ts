import type * as Sdk from '@aws-sdk/client-xray'
import type { Operations } from '@sonde/wire'
import { arn } from '../../kernel/arn.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { RequestContext } from '../../kernel/context.ts'
import { assemble, durationOf } from './assemble.ts'
import { invalidRequest } from './errors.ts'
import { readDocument, type SegmentDocument } from './segment-document.ts'
import type { TraceStore } from './trace-store.ts'

export type XRayOperations = Operations<typeof Sdk, RequestContext>

/** The daemon and the collector send no more at once either. */
const MAX_DOCUMENTS = 50
const MAX_TRACE_ID = 35
const MAX_INSTANCE_ID = 20
const MAX_HOSTNAME = 255
const MAX_RESOURCE_ARN = 500

/**
 * The rule that is always there.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html
 */
const defaultRule = (ruleArn: string) => ({
  SamplingRule: {
    RuleName: 'Default',
    RuleARN: ruleArn,
    ResourceARN: '*',
    Priority: 10_000,
    FixedRate: 0.05,
    ReservoirSize: 1,
    ServiceName: '*',
    ServiceType: '*',
    Host: '*',
    HTTPMethod: '*',
    URLPath: '*',
    Version: 1,
    Attributes: {},
  },
  CreatedAt: new Date(0),
  ModifiedAt: new Date(0),
})

const traceOf = (id: string, documents: ReadonlyArray<readonly [id: string, text: string]>) => {
  const parsed = documents.map(([, text]) => JSON.parse(text) as SegmentDocument)
  const whole = { Id: id, Duration: durationOf(parsed), LimitExceeded: false }
  try {
    const Segments = assemble(parsed).map(segment => ({ Id: segment.id, Document: JSON.stringify(segment) }))
    return { ...whole, Segments }
  } catch (error) {
    // Nested deeper than JSON can be written: the documents as they came lose nothing either.
    if (!(error instanceof RangeError)) throw error
    return { ...whole, Segments: documents.map(([Id, Document]) => ({ Id, Document })) }
  }
}

/** What X-Ray does so far. Summaries, graphs, rules and groups have no handler yet. */
export const createOperations = (traces: TraceStore, clock: Clock): XRayOperations => ({
  PutTraceSegments: (input, { scope }) => {
    const documents = input.TraceSegmentDocuments ?? []
    if (documents.length > MAX_DOCUMENTS) {
      throw invalidRequest(`At most ${MAX_DOCUMENTS} trace segment documents can be sent at once.`)
    }
    const now = clock.now()
    const unprocessed = documents.flatMap(text => {
      const read = readDocument(text, now)
      if ('document' in read) {
        traces.put(scope, read.document, text)
        return []
      }
      const { error, id } = read
      return [
        {
          ...(id !== undefined && { Id: id }),
          ErrorCode: error,
          Message: `Invalid segment. ErrorCode: ${error}`,
        },
      ]
    })
    return { UnprocessedTraceSegments: unprocessed }
  },

  // X-Ray keeps these for itself: no operation returns them.
  PutTelemetryRecords: input => {
    const lengths = [
      ['EC2InstanceId', input.EC2InstanceId, MAX_INSTANCE_ID],
      ['Hostname', input.Hostname, MAX_HOSTNAME],
      ['ResourceARN', input.ResourceARN, MAX_RESOURCE_ARN],
    ] as const
    for (const [member, value, most] of lengths) {
      if (value !== undefined && value.length > most) {
        throw invalidRequest(`${member} must have length less than or equal to ${most}.`)
      }
    }
    return {}
  },

  BatchGetTraces: (input, { scope }) => {
    const ids = [...new Set(input.TraceIds)]
    for (const id of ids) {
      if (id.length < 1 || id.length > MAX_TRACE_ID) throw invalidRequest(`Invalid trace id: ${id}`)
    }
    if (input.NextToken !== undefined) throw invalidRequest('Invalid NextToken.')
    const found = ids.flatMap(id => {
      const documents = traces.documents(scope, id)
      return documents ? [traceOf(id, documents)] : []
    })
    return {
      // A trace that is not known is absent from both lists, as on AWS.
      Traces: found,
      UnprocessedTraceIds: [],
    }
  },

  GetSamplingRules: (input, { scope }) => {
    if (input.NextToken !== undefined) throw invalidRequest('Invalid NextToken.')
    return { SamplingRuleRecords: [defaultRule(arn(scope, 'xray', 'sampling-rule/Default'))] }
  },
})
