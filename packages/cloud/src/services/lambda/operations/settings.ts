import type * as Sdk from '@aws-sdk/client-lambda'
import { notImplemented } from '@sonde/wire'
import { parseArn } from '../../../kernel/arn.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { qualifiedKey } from '../catalogue.ts'
import { checkDestination } from '../destinations.ts'
import { constraintViolation, invalidParameter, notFound } from '../errors.ts'
import {
  ACCOUNT_CONCURRENCY,
  DEFAULT_EVENT_AGE,
  DEFAULT_RETRY_ATTEMPTS,
  MAXIMUM_TOTAL_CODE_BYTES,
  MAXIMUM_UNZIPPED_BYTES,
  MAXIMUM_ZIP_BYTES,
  MINIMUM_EVENT_AGE,
  MINIMUM_UNRESERVED_CONCURRENCY,
} from '../limits.ts'
import {
  type FunctionReference,
  functionArn,
  LATEST,
  parseFunctionName,
  parseWholeFunction,
} from '../names.ts'
import { claimedConcurrency, provisionedConcurrency } from '../provisioned/claims.ts'
import type { EventInvokeRecord, FunctionRecord } from '../records.ts'
import type { LambdaOperations, OperationsDependencies } from './dependencies.ts'
import { checkTags } from './functions.ts'
import { page } from './page.ts'

interface EventInvokeInput {
  readonly MaximumRetryAttempts?: number | undefined
  readonly MaximumEventAgeInSeconds?: number | undefined
  readonly DestinationConfig?: Sdk.DestinationConfig | undefined
}

const checkEventInvoke = (input: EventInvokeInput): void => {
  const { MaximumRetryAttempts: attempts, MaximumEventAgeInSeconds: age } = input
  if (attempts !== undefined && !(attempts >= 0 && attempts <= DEFAULT_RETRY_ATTEMPTS)) {
    throw constraintViolation(
      attempts,
      'maximumRetryAttempts',
      `Member must have value ${attempts < 0 ? 'greater than or equal to 0' : `less than or equal to ${DEFAULT_RETRY_ATTEMPTS}`}`,
    )
  }
  if (age !== undefined && !(age >= MINIMUM_EVENT_AGE && age <= DEFAULT_EVENT_AGE)) {
    throw constraintViolation(
      age,
      'maximumEventAgeInSeconds',
      `Member must have value ${age < MINIMUM_EVENT_AGE ? `greater than or equal to ${MINIMUM_EVENT_AGE}` : `less than or equal to ${DEFAULT_EVENT_AGE}`}`,
    )
  }
}

const describeEventInvoke = (scope: Scope, record: EventInvokeRecord): Sdk.FunctionEventInvokeConfig => ({
  LastModified: new Date(record.lastModified),
  FunctionArn: functionArn(scope, record.functionName, record.qualifier),
  DestinationConfig: {
    OnSuccess: record.onSuccess === undefined ? {} : { Destination: record.onSuccess },
    OnFailure: record.onFailure === undefined ? {} : { Destination: record.onFailure },
  },
  ...(record.maximumRetryAttempts === undefined ? {} : { MaximumRetryAttempts: record.maximumRetryAttempts }),
  ...(record.maximumEventAge === undefined ? {} : { MaximumEventAgeInSeconds: record.maximumEventAge }),
})

/** What belongs to a function besides code and configuration: concurrency, asynchronous invocation, tags; and the account's limits. */
export const settingsOperations = ({ catalogue, clock, outlets }: OperationsDependencies) => {
  const putEventInvoke = (
    scope: Scope,
    name: string,
    qualifier: string | undefined,
    changes: EventInvokeInput,
    keep: boolean,
  ) => {
    checkEventInvoke(changes)
    const reference = parseFunctionName(scope, name, qualifier)
    catalogue.resolve(reference)
    const key = qualifiedKey(reference.name, reference.qualifier ?? LATEST)
    const present = catalogue.eventInvokes.get(reference.scope, key)
    if (keep && !present) throw noEventInvoke(reference)
    const attempts = changes.MaximumRetryAttempts ?? (keep ? present?.maximumRetryAttempts : undefined)
    const age = changes.MaximumEventAgeInSeconds ?? (keep ? present?.maximumEventAge : undefined)
    const destination = (kind: 'onSuccess' | 'onFailure'): string | undefined => {
      const given =
        kind === 'onSuccess' ? changes.DestinationConfig?.OnSuccess : changes.DestinationConfig?.OnFailure
      // An empty ARN takes the destination away.
      if (given?.Destination === undefined) return keep ? present?.[kind] : undefined
      if (given.Destination === '') return undefined
      return checkDestination(
        given.Destination,
        `destinationConfig.${kind}.destination`,
        { scope: reference.scope, name: reference.name },
        outlets,
      )
    }
    const [onSuccess, onFailure] = [destination('onSuccess'), destination('onFailure')]
    const record: EventInvokeRecord = {
      functionName: reference.name,
      qualifier: reference.qualifier ?? LATEST,
      lastModified: clock.now(),
      ...(attempts === undefined ? {} : { maximumRetryAttempts: attempts }),
      ...(age === undefined ? {} : { maximumEventAge: age }),
      ...(onSuccess === undefined ? {} : { onSuccess }),
      ...(onFailure === undefined ? {} : { onFailure }),
    }
    catalogue.eventInvokes.put(reference.scope, key, record)
    return describeEventInvoke(reference.scope, record)
  }

  const noEventInvoke = ({ scope, name, qualifier }: FunctionReference) =>
    notFound(
      `The function ${functionArn(scope, name, qualifier ?? LATEST)} doesn't have an EventInvokeConfig`,
    )

  const tagged = (resource: string | undefined): { scope: Scope; record: FunctionRecord } => {
    const arn = parseArn(resource ?? '')
    if (arn?.service !== 'lambda' || !arn.resource.startsWith('function:')) {
      throw notImplemented(`Tags of ${resource}`)
    }
    const reference = parseFunctionName({ account: arn.account, region: arn.region }, resource ?? '')
    if (reference.qualifier !== undefined) {
      throw invalidParameter(
        'Tags on function aliases and versions are not supported. Please specify a function ARN.',
      )
    }
    return { scope: reference.scope, record: catalogue.require(reference) }
  }

  return {
    PutFunctionConcurrency: (input, { scope }) => {
      const reference = parseWholeFunction(scope, input.FunctionName ?? '')
      const record = catalogue.require(reference)
      const reserved = input.ReservedConcurrentExecutions ?? 0
      if (reserved < 0) {
        throw constraintViolation(
          reserved,
          'reservedConcurrentExecutions',
          'Member must have value greater than or equal to 0',
        )
      }
      if (
        ACCOUNT_CONCURRENCY - claimedConcurrency(catalogue, reference.scope, reference.name) - reserved <
        MINIMUM_UNRESERVED_CONCURRENCY
      ) {
        throw invalidParameter(
          `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${MINIMUM_UNRESERVED_CONCURRENCY}].`,
        )
      }
      const provisioned = provisionedConcurrency(catalogue, reference.scope, reference.name)
      if (provisioned > reserved) {
        throw invalidParameter(
          // The spaces are Lambda's.
          ` ReservedConcurrentExecutions  ${reserved} should not be lower than function's total provisioned concurrency [${provisioned}].`,
        )
      }
      catalogue.replace(reference.scope, { ...record, reservedConcurrency: reserved })
      return { ReservedConcurrentExecutions: reserved }
    },

    GetFunctionConcurrency: (input, { scope }) => {
      const { reservedConcurrency } = catalogue.require(parseWholeFunction(scope, input.FunctionName ?? ''))
      return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency }
    },

    DeleteFunctionConcurrency: (input, { scope }) => {
      const reference = parseWholeFunction(scope, input.FunctionName ?? '')
      const { reservedConcurrency: _removed, ...record } = catalogue.require(reference)
      catalogue.replace(reference.scope, record)
      return {}
    },

    PutFunctionEventInvokeConfig: (input, { scope }) =>
      putEventInvoke(scope, input.FunctionName ?? '', input.Qualifier, input, false),

    UpdateFunctionEventInvokeConfig: (input, { scope }) =>
      putEventInvoke(scope, input.FunctionName ?? '', input.Qualifier, input, true),

    GetFunctionEventInvokeConfig: (input, { scope }) => {
      const reference = parseFunctionName(scope, input.FunctionName ?? '', input.Qualifier)
      catalogue.resolve(reference)
      const key = qualifiedKey(reference.name, reference.qualifier ?? LATEST)
      const record = catalogue.eventInvokes.get(reference.scope, key)
      if (!record) throw noEventInvoke(reference)
      return describeEventInvoke(reference.scope, record)
    },

    DeleteFunctionEventInvokeConfig: (input, { scope }) => {
      const reference = parseFunctionName(scope, input.FunctionName ?? '', input.Qualifier)
      const key = qualifiedKey(reference.name, reference.qualifier ?? LATEST)
      if (!catalogue.eventInvokes.delete(reference.scope, key)) throw noEventInvoke(reference)
      return {}
    },

    ListFunctionEventInvokeConfigs: (input, { scope }) => {
      const reference = parseWholeFunction(scope, input.FunctionName ?? '')
      catalogue.require(reference)
      const all = catalogue.eventInvokes
        .list(reference.scope)
        .filter(record => record.functionName === reference.name)
      const { items, next } = page(all, record => record.qualifier, input)
      return {
        FunctionEventInvokeConfigs: items.map(record => describeEventInvoke(reference.scope, record)),
        ...next,
      }
    },

    TagResource: input => {
      const { scope, record } = tagged(input.Resource)
      catalogue.replace(scope, { ...record, tags: checkTags({ ...record.tags, ...input.Tags }) })
      return {}
    },

    UntagResource: input => {
      const { scope, record } = tagged(input.Resource)
      const removed = new Set(input.TagKeys)
      const tags = Object.fromEntries(Object.entries(record.tags).filter(([key]) => !removed.has(key)))
      catalogue.replace(scope, { ...record, tags })
      return {}
    },

    ListTags: input => ({ Tags: { ...tagged(input.Resource).record.tags } }),

    GetAccountSettings: (_input, { scope }) => {
      const functions = catalogue.functions.list(scope)
      const versions = catalogue.versions.list(scope)
      const layers = catalogue.layers.list(scope)
      const sizes = [...functions.map(record => record.latest), ...versions, ...layers]
      return {
        AccountLimit: {
          TotalCodeSize: MAXIMUM_TOTAL_CODE_BYTES,
          CodeSizeUnzipped: MAXIMUM_UNZIPPED_BYTES,
          CodeSizeZipped: MAXIMUM_ZIP_BYTES,
          ConcurrentExecutions: ACCOUNT_CONCURRENCY,
          UnreservedConcurrentExecutions: ACCOUNT_CONCURRENCY - claimedConcurrency(catalogue, scope),
        },
        AccountUsage: {
          TotalCodeSize: sizes.reduce((sum, item) => sum + item.codeSize, 0),
          FunctionCount: functions.length,
        },
      }
    },
  } satisfies LambdaOperations
}
