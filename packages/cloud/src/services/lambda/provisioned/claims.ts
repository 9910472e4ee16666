import type { Scope } from '../../../kernel/scope.ts'
import { type Catalogue, qualifiedKey } from '../catalogue.ts'
import { conflict, unpublishedVersion } from '../errors.ts'
import { LATEST } from '../names.ts'

/** Sum of the provisioned concurrency of each function, by name. */
const provisionedByFunction = (catalogue: Catalogue, scope: Scope): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>()
  for (const { functionName, requested } of catalogue.provisioned.list(scope)) {
    sums.set(functionName, (sums.get(functionName) ?? 0) + requested)
  }
  return sums
}

/**
 * The provisioned concurrency of a function, over all of its versions and aliases.
 *
 * @param except a qualifier that is left out
 */
export const provisionedConcurrency = (
  catalogue: Catalogue,
  scope: Scope,
  name: string,
  except?: string,
): number =>
  catalogue.provisioned
    .list(scope)
    .filter(record => record.functionName === name && record.qualifier !== except)
    .reduce((sum, record) => sum + record.requested, 0)

/**
 * The part of an account's concurrency that functions hold for themselves alone: what is reserved, and what is provisioned
 * where nothing is reserved. Provisioned concurrency is taken out of its function's reservation.
 *
 * @param except the name of a function that is left out
 */
export const claimedConcurrency = (catalogue: Catalogue, scope: Scope, except?: string): number => {
  const provisioned = provisionedByFunction(catalogue, scope)
  let sum = 0
  for (const { latest, reservedConcurrency } of catalogue.functions.list(scope)) {
    if (latest.functionName === except) continue
    sum += reservedConcurrency ?? provisioned.get(latest.functionName) ?? 0
  }
  return sum
}

/**
 * Whether a version can be provisioned through an alias.
 *
 * @throws ServiceError `InvalidParameterValueException` for $LATEST, `ResourceConflictException` where the version is
 * provisioned by itself
 */
export const checkProvisionable = (
  catalogue: Catalogue,
  scope: Scope,
  name: string,
  version: string,
): void => {
  if (version === LATEST) throw unpublishedVersion()
  if (catalogue.provisioned.get(scope, qualifiedKey(name, version))) {
    throw conflict(
      "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
    )
  }
}
