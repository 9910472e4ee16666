import type * as Sdk from '@aws-sdk/client-lambda'
import type { Scope } from '../../../kernel/scope.ts'
import { qualifiedKey, type ResolvedFunction } from '../catalogue.ts'
import {
  conflict,
  constraintViolation,
  invalidParameter,
  noProvisionedConcurrency,
  unpublishedVersion,
} from '../errors.ts'
import { ACCOUNT_CONCURRENCY, MINIMUM_UNRESERVED_CONCURRENCY } from '../limits.ts'
import { functionArn, LATEST, parseFunctionName, parseWholeFunction } from '../names.ts'
import { checkProvisionable, claimedConcurrency, provisionedConcurrency } from '../provisioned/claims.ts'
import type { ProvisionedRecord } from '../records.ts'
import type { LambdaOperations, OperationsDependencies } from './dependencies.ts'
import { page } from './page.ts'

/** A version or alias that a request is about. */
interface Qualified extends ResolvedFunction {
  readonly name: string
  readonly qualifier: string
}

/** Provisioned concurrency of published versions and aliases. */
export const provisionedConcurrencyOperations = ({ catalogue, provisioner }: OperationsDependencies) => {
  const resolve = (
    scope: Scope,
    functionName: string | undefined,
    given: string | undefined,
    latest: () => Error,
  ): Qualified => {
    const reference = parseFunctionName(scope, functionName ?? '', given)
    const { name, qualifier } = reference
    if (qualifier === undefined || qualifier === LATEST) throw latest()
    // A name that is no number is an alias's, whether there is such a function or not.
    if (!/^\d+$/.test(qualifier)) catalogue.requireAlias(reference.scope, name, qualifier)
    return { ...catalogue.resolve(reference), name, qualifier }
  }
  const publishedOnly = () =>
    invalidParameter('The function resource provided must be an alias or a published version.')

  const configured = (scope: Scope, name: string, qualifier: string): boolean =>
    catalogue.provisioned.get(scope, qualifiedKey(name, qualifier)) !== undefined

  /** A version is provisioned by itself or through its aliases, not both. */
  const checkOverlap = ({ scope, name, alias, version }: Qualified): void => {
    if (alias) {
      checkProvisionable(catalogue, scope, name, version.version)
      return
    }
    const isPointedAt = catalogue.aliases
      .list(scope)
      .some(
        ({ functionName, version: target, name: aliasName }) =>
          functionName === name && target === version.version && configured(scope, name, aliasName),
      )
    if (isPointedAt) throw conflict('Version is pointed by a Provisioned Concurrency alias')
  }
  const checkAmount = ({ scope, record, name, qualifier }: Qualified, requested: number): void => {
    const others = provisionedConcurrency(catalogue, scope, name, qualifier)
    if (record.reservedConcurrency !== undefined) {
      if (others + requested > record.reservedConcurrency) {
        throw invalidParameter(
          'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
        )
      }
      return
    }
    if (requested > ACCOUNT_CONCURRENCY) {
      throw invalidParameter(
        `Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${ACCOUNT_CONCURRENCY}].`,
      )
    }
    const claimed = claimedConcurrency(catalogue, scope, name) + others + requested
    if (ACCOUNT_CONCURRENCY - claimed < MINIMUM_UNRESERVED_CONCURRENCY) {
      throw invalidParameter(
        `Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${MINIMUM_UNRESERVED_CONCURRENCY}].`,
      )
    }
  }

  /** Refuses what this machine could never make ready, instead of leaving it in progress for ever. */
  const checkMachine = ({ scope, name, qualifier }: Qualified, requested: number): void => {
    const key = qualifiedKey(name, qualifier)
    let others = 0
    for (const { scope: owner, key: ownerKey, value } of catalogue.provisioned.entries()) {
      const isSame = ownerKey === key && owner.account === scope.account && owner.region === scope.region
      if (!isSame) others += value.requested
    }
    if (others + requested > provisioner.capacity) {
      throw invalidParameter(
        `Sonde cannot keep ${others + requested} environments initialised on this machine: its memory holds ${provisioner.capacity}.`,
      )
    }
  }

  const describe = (scope: Scope, record: ProvisionedRecord) => {
    const { available, status, reason } = provisioner.state(scope, record)
    return {
      RequestedProvisionedConcurrentExecutions: record.requested,
      AvailableProvisionedConcurrentExecutions: available,
      AllocatedProvisionedConcurrentExecutions: available,
      Status: status,
      ...(reason === undefined ? {} : { StatusReason: reason }),
      LastModified: record.lastModified,
    } satisfies Sdk.PutProvisionedConcurrencyConfigResponse
  }

  return {
    PutProvisionedConcurrencyConfig: (input, { scope }) => {
      const requested = input.ProvisionedConcurrentExecutions ?? 0
      if (requested < 1) {
        throw constraintViolation(
          requested,
          'provisionedConcurrentExecutions',
          'Member must have value greater than or equal to 1',
        )
      }
      const target = resolve(scope, input.FunctionName, input.Qualifier, unpublishedVersion)
      if (target.version.version === LATEST) throw unpublishedVersion()
      checkAmount(target, requested)
      checkOverlap(target)
      checkMachine(target, requested)
      const record: ProvisionedRecord = {
        functionName: target.name,
        qualifier: target.qualifier,
        requested,
        lastModified: catalogue.timestamp().replace(/\.\d{3}/, ''),
      }
      catalogue.putProvisioned(target.scope, record)
      return describe(target.scope, record)
    },

    GetProvisionedConcurrencyConfig: (input, { scope }) => {
      const target = resolve(scope, input.FunctionName, input.Qualifier, publishedOnly)
      const record = catalogue.provisioned.get(target.scope, qualifiedKey(target.name, target.qualifier))
      if (!record) throw noProvisionedConcurrency()
      return describe(target.scope, record)
    },

    DeleteProvisionedConcurrencyConfig: (input, { scope }) => {
      const target = resolve(scope, input.FunctionName, input.Qualifier, publishedOnly)
      // What is not there is no error, as on AWS.
      catalogue.deleteProvisioned(target.scope, target.name, target.qualifier)
      return {}
    },

    ListProvisionedConcurrencyConfigs: (input, { scope }) => {
      const reference = parseWholeFunction(scope, input.FunctionName ?? '')
      catalogue.require(reference)
      const all = catalogue.provisioned
        .list(reference.scope)
        .filter(record => record.functionName === reference.name)
      const { items, next } = page(all, record => record.qualifier, input)
      return {
        ProvisionedConcurrencyConfigs: items.map(record => ({
          FunctionArn: functionArn(reference.scope, reference.name, record.qualifier),
          ...describe(reference.scope, record),
        })),
        ...next,
      }
    },
  } satisfies LambdaOperations
}
