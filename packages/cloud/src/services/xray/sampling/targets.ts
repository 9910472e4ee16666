import type * as Sdk from '@aws-sdk/client-xray'
import type {
  GetSamplingTargetsResult,
  SamplingStatisticsDocument,
  SamplingTargetDocument,
  UnprocessedStatistics,
} from '@aws-sdk/client-xray'
import type { InputOf } from '@sonde/wire'
import type { Scope } from '../../../kernel/scope.ts'
import { REPORT_INTERVAL, type Reservoirs } from './allotment.ts'
import type { SamplingRules } from './rules.ts'
import type { SamplingStatistics } from './statistics.ts'
import { checkStatistics } from './validation.ts'

/**
 * Seconds that a quota is valid for unless it is replaced.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sampling.html
 */
const QUOTA_TTL = 300
/** Older statistics, in ms, are not processed: the limit is not published; this is the life of a quota. */
const MAX_AGE = 300_000

export interface TargetsDependencies {
  readonly rules: SamplingRules
  readonly reservoirs: Reservoirs
  readonly statistics: SamplingStatistics
  /** The machine's time in ms: clients date their statistics by it, also when the cloud's clock is stepped. */
  readonly machineTime: () => number
}

const isUnprocessed = (
  result: SamplingTargetDocument | UnprocessedStatistics,
): result is UnprocessedStatistics => 'ErrorCode' in result

/**
 * Takes the statistics of a client and gives it rates and quotas.
 *
 * @param now ms since the epoch
 * @throws ServiceError `InvalidRequestException`
 */
export const samplingTargets = (
  { rules, reservoirs, statistics, machineTime }: TargetsDependencies,
  scope: Scope,
  input: InputOf<typeof Sdk, 'GetSamplingTargets'>,
  now: number,
): GetSamplingTargetsResult => {
  const documents = input.SamplingStatisticsDocuments ?? []
  checkStatistics(documents)
  const oldest = Math.min(now, machineTime()) - MAX_AGE

  const target = (document: SamplingStatisticsDocument): SamplingTargetDocument | UnprocessedStatistics => {
    const { RuleName = '', ClientID = '', Timestamp, RequestCount = 0, SampledCount = 0 } = document
    const record = rules.find(scope, RuleName)
    if (!record) return { RuleName, ErrorCode: 'RuleDeleted', Message: 'Sampling rule does not exist' }
    const timestamp = Timestamp?.getTime() ?? now
    if (timestamp < oldest) {
      return { RuleName, ErrorCode: 'DocumentTooOld', Message: 'Sampling statistics are too old' }
    }
    const { rule } = record
    const counts = {
      requestCount: RequestCount,
      sampledCount: SampledCount,
      borrowCount: document.BorrowCount ?? 0,
    }
    statistics.add(scope, RuleName, timestamp, counts)
    return {
      RuleName,
      FixedRate: rule.FixedRate,
      ReservoirQuota: reservoirs.quota(scope, rule, { id: ClientID, requestCount: RequestCount }, now),
      ReservoirQuotaTTL: new Date((Math.floor(now / 1000) + QUOTA_TTL) * 1000),
      Interval: REPORT_INTERVAL,
    }
  }

  const results = documents.map(target)
  return {
    SamplingTargetDocuments: results.filter(result => !isUnprocessed(result)),
    LastRuleModification: new Date(rules.lastModification(scope)),
    UnprocessedStatistics: results.filter(isUnprocessed),
    // No rule has a boost: creating one with a boost is refused.
    UnprocessedBoostStatistics: (input.SamplingBoostStatisticsDocuments ?? []).map(({ RuleName }) => ({
      RuleName,
      ErrorCode: 'BoostNotConfigured',
      Message: 'Sampling rule has no sampling rate boost',
    })),
  }
}
