import type * as Sdk from '@aws-sdk/client-cloudwatch-logs'
import { notImplemented } from '@sonde/wire'
import { parseArn } from '../../../kernel/arn.ts'
import { constraint, invalidParameter } from '../errors.ts'
import { checkFilterName } from '../metric-filters/metric-filter.ts'
import { parseFilterPattern } from '../patterns/filter-pattern.ts'

/** Services that AWS delivers to and we do not have. */
const UNSUPPORTED = ['kinesis', 'firehose', 'logs', 'es']
const DISTRIBUTIONS = ['Random', 'ByLogStream'] as const

export interface SubscriptionFilterRecord {
  readonly group: string
  readonly name: string
  readonly pattern: string
  /** A function, qualified or not. */
  readonly destinationArn: string
  /** Of Kinesis alone; recorded. */
  readonly distribution: Sdk.Distribution
  /** ms since the epoch. */
  readonly created: number
}

export interface SubscriptionFilterInput {
  readonly filterPattern: string
  readonly destinationArn: string
  readonly roleArn: string | undefined
  readonly distribution: string | undefined
}

const checkDestination = (destinationArn: string, roleArn: string | undefined, group: string): string => {
  const parsed = parseArn(destinationArn)
  if (!parsed) throw invalidParameter('The specified destinationArn is invalid.')
  const { service, resource } = parsed
  if (UNSUPPORTED.includes(service)) throw notImplemented(`logs:PutSubscriptionFilter to ${service}`)
  if (service !== 'lambda') {
    throw invalidParameter(
      `PutSubscriptionFilter operation cannot work with destinationArn for vendor ${service}`,
    )
  }
  if (roleArn !== undefined) {
    throw invalidParameter('destinationArn for vendor lambda cannot be used with roleArn')
  }
  // Each event would bring about the next.
  if (group === `/aws/lambda/${resource.split(':')[1]}`) {
    throw invalidParameter(
      'The log group provided is reserved for the function log group of the destination function.',
    )
  }
  return destinationArn
}

/**
 * The record of a filter, checked as a whole but for the function, which is its service's to know.
 *
 * @throws ServiceError `InvalidParameterException`, `NotImplemented` for destinations that we do not have
 */
export const subscriptionFilter = (
  group: string,
  name: string,
  { filterPattern, destinationArn, roleArn, distribution = 'ByLogStream' }: SubscriptionFilterInput,
  created: number,
): SubscriptionFilterRecord => {
  parseFilterPattern(filterPattern)
  const found = DISTRIBUTIONS.find(candidate => candidate === distribution)
  if (!found) {
    throw constraint(distribution, 'distribution', `satisfy enum value set: [${DISTRIBUTIONS.join(', ')}]`)
  }
  return {
    group,
    name: checkFilterName(name),
    pattern: filterPattern,
    destinationArn: checkDestination(destinationArn, roleArn, group),
    distribution: found,
    created,
  }
}
