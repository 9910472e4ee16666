/** The account and region that a piece of state belongs to. Nothing is shared between two scopes. */
export interface Scope {
  /** 12 digits. */
  readonly account: string
  readonly region: string
}

const PARTITIONS: ReadonlyArray<readonly [prefix: string, partition: string, urlSuffix: string]> = [
  ['cn-', 'aws-cn', 'amazonaws.com.cn'],
  ['us-gov-', 'aws-us-gov', 'amazonaws.com'],
  ['us-isob-', 'aws-iso-b', 'sc2s.sgov.gov'],
  ['us-iso-', 'aws-iso', 'c2s.ic.gov'],
  ['eusc-', 'aws-eusc', 'amazonaws.eu'],
]

const partitionRow = (region: string) => PARTITIONS.find(([prefix]) => region.startsWith(prefix))

/** The partition in a region's ARNs: `aws`, `aws-cn`, `aws-us-gov`, … */
export const partitionOf = (region: string): string => partitionRow(region)?.[1] ?? 'aws'

/** The domain of a region's service endpoints (`AWS::URLSuffix`). */
export const urlSuffixOf = (region: string): string => partitionRow(region)?.[2] ?? 'amazonaws.com'

/** A string that is equal exactly for equal scopes. */
export const scopeKey = (scope: Scope): string => `${scope.account}/${scope.region}`
