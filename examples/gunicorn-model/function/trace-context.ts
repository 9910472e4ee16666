import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime'

/** The part of the custom attributes that is ours; other parts are separated from it by a comma. */
const KEY = 'X-Amzn-Trace-Id'

/** What `X-Amzn-SageMaker-Custom-Attributes` takes, in characters. */
const MAX_CUSTOM_ATTRIBUTES = 1024

/** Where Lambda puts the trace header of the invocation in progress: `Root=…;Parent=…;Sampled=1`. */
const TRACE_VARIABLE = '_X_AMZN_TRACE_ID'

/**
 * The custom attributes with the trace context added as `X-Amzn-Trace-Id=Root=…;Parent=…;Sampled=1`. Unchanged where
 * there is no context, where they carry one, and where both together are too long: a prediction matters more than its
 * trace.
 */
export const addTraceContext = (
  attributes: string | undefined,
  context: string | undefined,
): string | undefined => {
  if (!context || attributes?.includes('Root=')) return attributes
  const both = `${attributes ? `${attributes},` : ''}${KEY}=${context}`
  return both.length > MAX_CUSTOM_ATTRIBUTES ? attributes : both
}

/**
 * Sends the trace context of the Lambda invocation with each InvokeEndpoint of `client`. SageMaker drops trace headers
 * on their way to the container; the custom attributes reach it.
 */
export const withTraceContext = (client: SageMakerRuntimeClient): SageMakerRuntimeClient => {
  client.middlewareStack.add(
    next => async args => {
      const input = args.input as { CustomAttributes?: string }
      const CustomAttributes = addTraceContext(input.CustomAttributes, process.env[TRACE_VARIABLE])
      if (CustomAttributes === undefined) return next(args)
      return next({ ...args, input: { ...args.input, CustomAttributes } })
    },
    { step: 'initialize', name: 'traceContextToSageMaker' },
  )
  return client
}
