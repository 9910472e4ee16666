import { hex } from '../../../../kernel/ids.ts'
import { type Attributes, SPAN_KIND, type Span, type SpanEvent, STATUS_ERROR } from '../model.ts'
import { parseStackTrace } from '../stack-traces/stack-trace.ts'
import { firstScalar, present, type Remaining, textOf } from './attributes.ts'
import { httpStatusOf } from './http.ts'
import { isAwsSdkSpan } from './name.ts'

const EXCEPTION = 'exception'
/** The AWS SDK instrumentation's event for each attempt that failed. */
const ATTEMPT = 'HTTP request failure'
const ATTEMPT_TYPE = 'aws.http.error.event'

const newId = (): string => hex(16)

/** An exception and those that caused it, each pointing to the next. */
const exceptionsOf = (event: SpanEvent, remote: boolean, language: string): object[] => {
  const { frames, causes } = parseStackTrace(textOf(event.attributes, 'exception.stacktrace'), language)
  const chain = [
    {
      type: textOf(event.attributes, 'exception.type'),
      message: textOf(event.attributes, 'exception.message'),
      frames,
    },
    ...causes,
  ]
  const ids = chain.map(newId)
  return chain.map(({ type, message, frames: stack }, index) => ({
    id: ids[index],
    ...present({
      type,
      message,
      remote: remote || undefined,
      stack: stack.length > 0 ? stack : undefined,
      cause: ids[index + 1],
    }),
  }))
}

const attemptOf = ({ attributes, time }: SpanEvent): object[] => {
  const status = firstScalar(attributes, ['http.response.status_code'])
  if (status === '' || !attributes.has('aws.http.error_message')) return []
  const micros = time / 1_000n
  const seconds = `${micros / 1_000_000n}.${String(micros % 1_000_000n).padStart(6, '0')}`
  const message = `${status}@${seconds}@${textOf(attributes, 'aws.http.error_message')}`
  return [{ id: newId(), type: ATTEMPT_TYPE, remote: true, message }]
}

/** The cause block: exceptions that the span recorded, else what its status says where that is an error. */
export const causeBlock = (span: Span, resource: Attributes, remaining: Remaining): object | undefined => {
  const { attributes, events, kind, status } = span
  const sdk = isAwsSdkSpan(attributes)
  const recorded = events.filter(({ name }) => name === EXCEPTION || (sdk && name === ATTEMPT))
  if (recorded.length > 0) {
    const remote = kind === SPAN_KIND.client || kind === SPAN_KIND.producer
    const language = textOf(resource, 'telemetry.sdk.language')
    const exceptions = recorded.flatMap(event =>
      event.name === EXCEPTION ? exceptionsOf(event, remote, language) : attemptOf(event),
    )
    return exceptions.length > 0 ? { exceptions } : undefined
  }
  if (status.code !== STATUS_ERROR) return undefined
  const message = status.message || textOf(attributes, 'http.status_text')
  remaining.delete('http.status_text')
  return message === '' ? undefined : { exceptions: [{ id: newId(), message }] }
}

/** `error`, `throttle` and `fault` by the HTTP status, else by the span's. */
export const flagsOf = (span: Span): { error?: true; throttle?: true; fault?: true } => {
  const status = httpStatusOf(span) ?? 0
  if (status >= 400 && status <= 499) return { error: true, ...(status === 429 && { throttle: true }) }
  if (status >= 500 && status <= 599) return { fault: true }
  return span.status.code === STATUS_ERROR ? { fault: true } : {}
}
