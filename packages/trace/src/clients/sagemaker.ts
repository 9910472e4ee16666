/**
 * The trace context on its way into a SageMaker container. SageMaker drops request headers outside of its API, so the
 * context travels in `X-Amzn-SageMaker-Custom-Attributes`, as one more comma-separated part:
 * `X-Amzn-Trace-Id=Root=…;Parent=…;Sampled=1`.
 */
import { TRACE_HEADER } from '../core/trace-header.ts'

/** Lower case, as Node has incoming headers. */
export const CUSTOM_ATTRIBUTES_HEADER = 'x-amzn-sagemaker-custom-attributes'

/** Source: InvokeEndpoint, `CustomAttributes`. */
const MAX_LENGTH = 1024

const KEY = `${TRACE_HEADER}=`
const PART = /(?:^|,)\s*x-amzn-trace-id=([^,]*)/i

/**
 * The user's custom attributes with the context behind them, untouched otherwise. Where the user carries a context
 * already, or there is no room for ours, they are returned as they are.
 */
export const addToCustomAttributes = (attributes: string | undefined, header: string): string | undefined => {
  if (!attributes) return KEY + header
  if (PART.test(attributes)) return attributes
  const joined = `${attributes},${KEY}${header}`
  return joined.length > MAX_LENGTH ? attributes : joined
}

/** The trace header in custom attributes that a container received. */
export const headerOfCustomAttributes = (attributes: string): string | undefined =>
  PART.exec(attributes)?.[1]?.trim() || undefined
