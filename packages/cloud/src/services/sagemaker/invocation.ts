import type { OutgoingHttpHeaders } from 'node:http'
import type { InvokeEndpointInput } from '@aws-sdk/client-sagemaker-runtime'
import { notImplemented } from '@sonde/wire'
import type { Clock } from '../../kernel/clock.ts'
import type { FaultPoints, MetricRecorder } from '../../kernel/ports.ts'
import type { Scope } from '../../kernel/scope.ts'
import { ContainerFailure, type ContainerResponse } from './container-client.ts'
import type { Deployment, ServingVariant } from './deployment.ts'
import type { Endpoints } from './endpoints.ts'
import { type Lease, LONGEST_HOLD } from './fleet.ts'
import { recordInvocation, recordUnserved } from './invocation-metrics.ts'
import {
  bodyTooLarge,
  endpointNotFound,
  modelAnswered,
  modelFailed,
  noInstance,
  validationError,
} from './runtime-errors.ts'

/** A container must answer within this time, in ms (InvokeEndpoint's documentation). */
export const INVOCATION_TIMEOUT = 60_000
/** Bytes of a request's and of an answer's body (the shape `BodyBlob`). */
export const BODY_LIMIT = 6_291_456
/** Visible ASCII characters of `CustomAttributes`. */
const CUSTOM_ATTRIBUTES_LENGTH = 1024
const INFERENCE_ID_LENGTH = 64

const CUSTOM_ATTRIBUTES = 'x-amzn-sagemaker-custom-attributes'
const INFERENCE_ID = 'x-amzn-sagemaker-inference-id'

/** Members of the request for endpoints of kinds that are refused when they are made. */
const UNSUPPORTED = [
  'TargetModel',
  'TargetContainerHostname',
  'EnableExplanations',
  'InferenceComponentName',
  'SessionId',
  'PrefixAwareId',
] as const

export interface InvocationDependencies {
  readonly endpoints: Endpoints
  readonly clock: Clock
  readonly metrics: MetricRecorder
  readonly faults: FaultPoints
}

/** A request as the wire reads it. */
export type InvocationInput = Omit<InvokeEndpointInput, 'Body'> & { readonly Body: Uint8Array }

export interface InvocationResult {
  readonly variantName: string
  readonly body: Uint8Array
  readonly contentType: string | undefined
  /** What the container set, or `undefined`. */
  readonly customAttributes: string | undefined
}

const check = (input: InvocationInput): void => {
  for (const member of UNSUPPORTED) {
    if (input[member]) throw notImplemented(`InvokeEndpoint with ${member}`)
  }
  if (input.Body.length > BODY_LIMIT) throw bodyTooLarge(BODY_LIMIT)
  const { CustomAttributes, InferenceId } = input
  if (CustomAttributes && CustomAttributes.length > CUSTOM_ATTRIBUTES_LENGTH) {
    throw validationError(
      `1 validation error detected: Value at 'customAttributes' failed to satisfy constraint: Member must have length ` +
        `less than or equal to ${CUSTOM_ATTRIBUTES_LENGTH}`,
    )
  }
  if (InferenceId && InferenceId.length > INFERENCE_ID_LENGTH) {
    throw validationError(
      `1 validation error detected: Value at 'inferenceId' failed to satisfy constraint: Member must have length less ` +
        `than or equal to ${INFERENCE_ID_LENGTH}`,
    )
  }
}

/**
 * The headers that reach the container: SageMaker strips all others, trace headers included. Trace context travels in
 * the custom attributes.
 */
const containerHeaders = (input: InvocationInput): OutgoingHttpHeaders => {
  const headers: OutgoingHttpHeaders = { 'content-length': input.Body.length }
  if (input.ContentType) headers['content-type'] = input.ContentType
  if (input.Accept) headers.accept = input.Accept
  if (input.CustomAttributes) headers[CUSTOM_ATTRIBUTES] = input.CustomAttributes
  if (input.InferenceId) headers[INFERENCE_ID] = input.InferenceId
  return headers
}

const variantOf = (deployment: Deployment, name: string, target: string | undefined): ServingVariant => {
  if (target) {
    const variant = deployment.variant(target)
    if (!variant) throw validationError(`Variant ${target} not found for endpoint ${name}.`)
    return variant
  }
  const variant = deployment.choose(Math.random())
  if (variant) return variant
  if (deployment.variants.length === 0) throw noInstance()
  throw validationError(`All variants of endpoint ${name} have weight 0: name one as the target variant.`)
}

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value

/** Passes requests to containers: InvokeEndpoint less its wire form. */
export class Invocations {
  readonly #dependencies: InvocationDependencies

  constructor(dependencies: InvocationDependencies) {
    this.#dependencies = dependencies
  }

  /**
   * Sends one request to one container of the endpoint. A request that finds no healthy instance waits for one for up
   * to {@link LONGEST_HOLD} ms; one that was being answered when its container died fails.
   *
   * @throws ServiceError `ValidationError`, `ModelError`, `ServiceUnavailable`
   */
  async invoke(scope: Scope, input: InvocationInput): Promise<InvocationResult> {
    const { endpoints, faults, metrics, clock } = this.#dependencies
    const began = performance.now()
    check(input)
    const name = input.EndpointName ?? ''
    const fault = faults.pass('sagemaker.invoke', name)
    if (fault) await fault
    const headers = containerHeaders(input)
    for (;;) {
      const deployment = endpoints.serving(scope, name)
      if (!deployment) throw endpointNotFound(scope, name)
      const variant = variantOf(deployment, name, input.TargetVariant)
      const acquired = variant.fleet.acquire()
      const lease = acquired instanceof Promise ? await acquired : acquired
      if (lease) {
        const answer = await this.#send(scope, name, variant, lease, input, headers, began)
        if (answer) return answer
      }
      const heldTooLong = performance.now() - began > LONGEST_HOLD
      // Without time lost, an update has put another deployment in the place of the one that was asked.
      if (heldTooLong || (!lease && endpoints.serving(scope, name) === deployment)) {
        recordUnserved(metrics, clock, scope, {
          endpointName: name,
          variantName: variant.name,
          instances: variant.fleet.size,
        })
        throw noInstance()
      }
    }
  }

  /** `undefined` where the request did not reach the container and may go to another. */
  async #send(
    scope: Scope,
    name: string,
    variant: ServingVariant,
    lease: Lease,
    input: InvocationInput,
    headers: OutgoingHttpHeaders,
    began: number,
  ): Promise<InvocationResult | undefined> {
    const sent = performance.now()
    const finish = (status: number): void => {
      const ended = performance.now()
      const { metrics, clock } = this.#dependencies
      recordInvocation(metrics, clock, scope, {
        endpointName: name,
        variantName: variant.name,
        instances: variant.fleet.size,
        status,
        modelLatency: ended - sent,
        overheadLatency: sent - began,
      })
    }
    let response: ContainerResponse
    try {
      response = await lease.client.send({
        method: 'POST',
        path: '/invocations',
        headers,
        body: input.Body,
        timeout: INVOCATION_TIMEOUT,
        limit: BODY_LIMIT,
      })
    } catch (error) {
      if (!(error instanceof ContainerFailure)) throw error
      if (error.reason === 'refused' || error.reason === 'connection') lease.instance.doubt()
      if (error.reason === 'refused') return undefined
      finish(error.status)
      throw modelFailed(scope, name, error)
    } finally {
      variant.fleet.release(lease)
    }
    finish(response.status)
    if (response.status < 200 || response.status > 299) throw modelAnswered(scope, name, response)
    return {
      variantName: variant.name,
      body: response.body,
      contentType: response.headers['content-type'],
      customAttributes: single(response.headers[CUSTOM_ATTRIBUTES]),
    }
  }
}
