import { arn } from '../../kernel/arn.ts'
import { hex } from '../../kernel/ids.ts'
import type { Scope } from '../../kernel/scope.ts'

/**
 * Names differ in more than their case: CreateEndpoint compares them without it, and ARNs carry them in lower case.
 */
export const nameKey = (name: string): string => name.toLowerCase()

export const modelArn = (scope: Scope, name: string): string =>
  arn(scope, 'sagemaker', `model/${nameKey(name)}`)

export const endpointConfigArn = (scope: Scope, name: string): string =>
  arn(scope, 'sagemaker', `endpoint-config/${nameKey(name)}`)

export const endpointArn = (scope: Scope, name: string): string =>
  arn(scope, 'sagemaker', `endpoint/${nameKey(name)}`)

/** Where the containers of an endpoint log to. */
export const logGroupOf = (endpointName: string): string => `/aws/sagemaker/Endpoints/${endpointName}`

/** EC2's form, which log streams are named after. */
export const instanceId = (): string => `i-${hex(17)}`
