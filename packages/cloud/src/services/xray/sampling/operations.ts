import type * as Sdk from '@aws-sdk/client-xray'
import type { Tag } from '@aws-sdk/client-xray'
import { notImplemented, type Operations } from '@sonde/wire'
import type { Clock } from '../../../kernel/clock.ts'
import type { RequestContext } from '../../../kernel/context.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { invalidRequest } from '../errors.ts'
import { pageOf } from '../operations/page-token.ts'
import { toSamplingRuleRecord } from './rule.ts'
import type { SamplingRules } from './rules.ts'
import type { SamplingStatistics } from './statistics.ts'
import { samplingTargets, type TargetsDependencies } from './targets.ts'

/** Where tags of rules are kept: TagResource and its kind are not sampling's. */
export interface RuleTags {
  /** @throws ServiceError for tags that are out of bounds; called before the rule is created */
  put(scope: Scope, arn: string, tags: readonly Tag[]): void
  delete(scope: Scope, arn: string): void
}

export interface OperationsDependencies extends TargetsDependencies {
  readonly rules: SamplingRules
  readonly statistics: SamplingStatistics
  readonly clock: Clock
  readonly tags: RuleTags | undefined
  /** Called when a rule is gone. */
  readonly forget: (scope: Scope, ruleName: string) => void
}

export type SamplingOperations = Pick<
  Operations<typeof Sdk, RequestContext>,
  | 'CreateSamplingRule'
  | 'UpdateSamplingRule'
  | 'DeleteSamplingRule'
  | 'GetSamplingRules'
  | 'GetSamplingTargets'
  | 'GetSamplingStatisticSummaries'
>

/** Summaries in one answer. */
const PAGE = 1_000

/** The handlers of all operations on sampling. */
export const samplingOperations = (dependencies: OperationsDependencies): SamplingOperations => {
  const { rules, statistics, clock, tags, forget } = dependencies
  return {
    CreateSamplingRule: ({ SamplingRule, Tags }, { scope }) => {
      if (!SamplingRule) throw invalidRequest('SamplingRule is required')
      const hasTags = Tags !== undefined && Tags.length > 0
      if (hasTags && !tags) throw notImplemented('Tags of CreateSamplingRule')
      const record = rules.create(scope, SamplingRule)
      if (hasTags) {
        try {
          tags?.put(scope, record.rule.RuleARN, Tags)
        } catch (error) {
          rules.delete(scope, { RuleName: record.rule.RuleName })
          throw error
        }
      }
      return { SamplingRuleRecord: toSamplingRuleRecord(record) }
    },

    UpdateSamplingRule: ({ SamplingRuleUpdate }, { scope }) => {
      if (!SamplingRuleUpdate) throw invalidRequest('SamplingRuleUpdate is required')
      return { SamplingRuleRecord: toSamplingRuleRecord(rules.update(scope, SamplingRuleUpdate)) }
    },

    DeleteSamplingRule: (input, { scope }) => {
      const record = rules.delete(scope, input)
      tags?.delete(scope, record.rule.RuleARN)
      forget(scope, record.rule.RuleName)
      return { SamplingRuleRecord: toSamplingRuleRecord(record) }
    },

    // At most 26 records: always one page.
    GetSamplingRules: ({ NextToken }, { scope }) => {
      if (NextToken !== undefined) throw invalidRequest('Invalid NextToken')
      return { SamplingRuleRecords: rules.list(scope).map(toSamplingRuleRecord) }
    },

    GetSamplingTargets: (input, { scope }) => samplingTargets(dependencies, scope, input, clock.now()),

    GetSamplingStatisticSummaries: (input, { scope }) => {
      const { items, NextToken } = pageOf(input, statistics.list(scope), PAGE)
      return { SamplingStatisticSummaries: items, ...(NextToken !== undefined && { NextToken }) }
    },
  }
}
