import { type Scope, scopeKey } from '../../kernel/scope.ts'
import { throttled } from './errors.ts'
import { ACCOUNT_CONCURRENCY } from './limits.ts'

/** Invocations in progress in an account and region. */
interface AccountLoad {
  running: number
  /** Of functions without a reservation. */
  unreserved: number
  /** Those of {@link unreserved} that no provisioned environment serves. */
  onDemand: number
  /** What reservations and provisioned concurrency leave to {@link onDemand}. */
  limit: number
}

/** What limits the invocations of a function. */
export interface ConcurrencySettings {
  readonly reserved: number | undefined
  /** Of all of the function's versions and aliases together. */
  readonly provisioned: number
  /** Of all functions of the account and region, together. */
  readonly claimed: number
}

/** Invocations in progress of one function, over all of its versions. */
export interface FunctionLoad {
  readonly account: AccountLoad
  running: number
  /** Those that no provisioned environment serves. */
  onDemand: number
  reserved: number | undefined
  provisioned: number
}

/** Invocations in progress when one begins, that one included. */
export interface Concurrency {
  /** Of the function. */
  readonly running: number
  /** Of all functions of the account and region. */
  readonly account: number
  /** Of those without reserved concurrency. */
  readonly unreserved: number
  /** What others cannot use: on-demand invocations in progress, and all that is reserved and provisioned. */
  readonly claimed: number
}

export const concurrencyOf = ({ running, account }: FunctionLoad): Concurrency => ({
  running,
  account: account.running,
  unreserved: account.unreserved,
  claimed: account.onDemand + ACCOUNT_CONCURRENCY - account.limit,
})

/** Counts invocations against the account's and the functions' concurrency. */
export class ConcurrencyLimits {
  readonly #accounts = new Map<string, AccountLoad>()
  readonly #functions = new Map<string, FunctionLoad>()

  /** The load of a function, with the limits as they are now. */
  load(scope: Scope, name: string, { reserved, provisioned, claimed }: ConcurrencySettings): FunctionLoad {
    const accountKey = scopeKey(scope)
    let account = this.#accounts.get(accountKey)
    if (!account) {
      account = { running: 0, unreserved: 0, onDemand: 0, limit: ACCOUNT_CONCURRENCY }
      this.#accounts.set(accountKey, account)
    }
    account.limit = ACCOUNT_CONCURRENCY - claimed
    const key = `${accountKey}/${name}`
    let load = this.#functions.get(key)
    if (!load) {
      load = { account, running: 0, onDemand: 0, reserved, provisioned }
      this.#functions.set(key, load)
    }
    load.reserved = reserved
    load.provisioned = provisioned
    return load
  }

  clear(): void {
    this.#accounts.clear()
    this.#functions.clear()
  }
}

/** @throws ServiceError `TooManyRequestsException` with AWS's reason */
const checkOnDemand = ({ account, reserved, provisioned, onDemand }: FunctionLoad): void => {
  if (reserved === undefined) {
    if (account.onDemand >= account.limit) throw throttled('ConcurrentInvocationLimitExceeded')
  } else if (onDemand >= reserved - provisioned) {
    throw throttled('ReservedFunctionConcurrentInvocationLimitExceeded')
  }
}

/**
 * Counts an invocation in. @returns what counts it out again
 *
 * @param isProvisioned whether a provisioned environment serves it: its concurrency is set aside and never throttled
 * @throws ServiceError `TooManyRequestsException` with AWS's reason
 */
export const enter = (load: FunctionLoad, isProvisioned = false): (() => void) => {
  const { account } = load
  if (!isProvisioned) checkOnDemand(load)
  // As it was when the invocation began: the reservation may change meanwhile.
  const isUnreserved = load.reserved === undefined
  const count = (by: 1 | -1): void => {
    load.running += by
    account.running += by
    if (isUnreserved) account.unreserved += by
    if (isProvisioned) return
    load.onDemand += by
    if (isUnreserved) account.onDemand += by
  }
  count(1)
  return () => count(-1)
}
