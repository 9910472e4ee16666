import { type Scope, scopeKey } from '../../kernel/scope.ts'
import { throttled } from './errors.ts'
import { ACCOUNT_CONCURRENCY } from './limits.ts'

/** Invocations in progress in an account and region. */
interface AccountLoad {
  running: number
  /** Of functions without a reservation. */
  unreserved: number
  /** What reservations leave. */
  limit: number
}

/** Invocations in progress of one function, over all of its versions. */
export interface FunctionLoad {
  readonly account: AccountLoad
  running: number
  reserved: number | undefined
}

/** Counts invocations against the account's and the functions' concurrency. */
export class ConcurrencyLimits {
  readonly #accounts = new Map<string, AccountLoad>()
  readonly #functions = new Map<string, FunctionLoad>()

  /**
   * The load of a function, with the limits as they are now.
   *
   * @param reserved of this function
   * @param allReserved of all functions of the account and region, together
   */
  load(scope: Scope, name: string, reserved: number | undefined, allReserved: number): FunctionLoad {
    const accountKey = scopeKey(scope)
    let account = this.#accounts.get(accountKey)
    if (!account) {
      account = { running: 0, unreserved: 0, limit: ACCOUNT_CONCURRENCY }
      this.#accounts.set(accountKey, account)
    }
    account.limit = ACCOUNT_CONCURRENCY - allReserved
    const key = `${accountKey}/${name}`
    let load = this.#functions.get(key)
    if (!load) {
      load = { account, running: 0, reserved }
      this.#functions.set(key, load)
    }
    load.reserved = reserved
    return load
  }

  clear(): void {
    this.#accounts.clear()
    this.#functions.clear()
  }
}

/**
 * Counts an invocation in. @returns what counts it out again
 *
 * @throws ServiceError `TooManyRequestsException` with AWS's reason
 */
export const enter = (load: FunctionLoad): (() => void) => {
  const { account, reserved } = load
  if (reserved !== undefined) {
    if (load.running >= reserved) throw throttled('ReservedFunctionConcurrentInvocationLimitExceeded')
    load.running++
    account.running++
    return () => {
      load.running--
      account.running--
    }
  }
  if (account.unreserved >= account.limit) throw throttled('ConcurrentInvocationLimitExceeded')
  load.running++
  account.running++
  account.unreserved++
  return () => {
    load.running--
    account.running--
    account.unreserved--
  }
}
