import { partitionOf, type Scope } from './scope.ts'

export interface Arn {
  readonly partition: string
  readonly service: string
  readonly region: string
  readonly account: string
  /** All after the fifth colon. */
  readonly resource: string
}

/** The ARN of a regional resource. */
export const arn = (scope: Scope, service: string, resource: string): string =>
  `arn:${partitionOf(scope.region)}:${service}:${scope.region}:${scope.account}:${resource}`

/** The ARN of a resource that has an account but no region, such as an IAM role. */
export const globalArn = (scope: Scope, service: string, resource: string): string =>
  `arn:${partitionOf(scope.region)}:${service}::${scope.account}:${resource}`

/** The parts of an ARN, or `undefined` where the text is none. */
export const parseArn = (text: string): Arn | undefined => {
  const [prefix, partition, service, region, account, ...resource] = text.split(':')
  if (prefix !== 'arn' || !partition || !service || region === undefined || account === undefined)
    return undefined
  if (resource.length === 0) return undefined
  return { partition, service, region, account, resource: resource.join(':') }
}
