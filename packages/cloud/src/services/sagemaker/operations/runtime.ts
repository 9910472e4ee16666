import type * as Sdk from '@aws-sdk/client-sagemaker-runtime'
import type { Operations } from '@sonde/wire'
import type { RequestContext } from '../../../kernel/context.ts'
import type { Invocations } from '../invocation.ts'

/** `sagemaker-runtime`. InvokeEndpointAsync and InvokeEndpointWithResponseStream answer 501. */
export const runtimeOperations = (invocations: Invocations): Operations<typeof Sdk, RequestContext> => ({
  InvokeEndpoint: async (input, { scope }) => {
    // The SDK's client takes a stream for this member; the wire reads it whole, as the API has it.
    const Body = input.Body as unknown as Uint8Array
    const result = await invocations.invoke(scope, { ...input, Body })
    return {
      Body: result.body,
      ContentType: result.contentType,
      InvokedProductionVariant: result.variantName,
      CustomAttributes: result.customAttributes,
    }
  },
})
