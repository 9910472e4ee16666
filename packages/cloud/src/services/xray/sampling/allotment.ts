import { type Scope, scopeKey } from '../../../kernel/scope.ts'

/** Seconds after which a client reports again and gets its quota anew. */
export const REPORT_INTERVAL = 10
/** Clients that have not reported for this long, in ms, have no share in the reservoir. */
const CLIENT_TIMEOUT = 30_000
/** Clients of one rule; beyond it those that have not reported for longest go. */
const MAX_CLIENTS = 1_000

/**
 * Divides a reservoir among clients: each gets what it asks for up to an even share, and what these leave goes to those who
 * ask for more. What nobody asks for is spread evenly. The quotas add up to the reservoir.
 *
 * @param size requests a second
 * @param demands requests a second of each client
 * @returns a whole number for each client, in their order
 */
export const allot = (size: number, demands: readonly number[]): number[] => {
  const quotas = demands.map(() => 0)
  const byDemand = demands.map((demand, index) => ({ demand, index })).sort((a, b) => a.demand - b.demand)
  let left = size
  byDemand.forEach(({ demand, index }, place) => {
    const share = Math.floor(left / (byDemand.length - place))
    const quota = Math.min(demand, share)
    quotas[index] = quota
    left -= quota
  })
  byDemand.forEach(({ index }, place) => {
    const share = Math.floor(left / (byDemand.length - place))
    quotas[index] = (quotas[index] ?? 0) + share
    left -= share
  })
  return quotas
}

interface Client {
  /** ms since the epoch. */
  readonly seenAt: number
  /** Requests a second that matched the rule of late. */
  readonly demand: number
}

/** Which clients each rule has been reported by of late, the latest one last. In memory: a restart is followed by reports within seconds. */
export class Reservoirs {
  readonly #clients = new Map<string, Map<string, Client>>()

  /**
   * Takes a client's report and gives its quota of the rule's reservoir, in requests a second.
   *
   * @param now ms since the epoch
   */
  quota(
    scope: Scope,
    rule: { readonly RuleName: string; readonly ReservoirSize: number },
    client: { readonly id: string; readonly requestCount: number },
    now: number,
  ): number {
    const key = `${scopeKey(scope)}/${rule.RuleName}`
    const clients = this.#clients.get(key) ?? new Map<string, Client>()
    this.#clients.set(key, clients)
    for (const [id, { seenAt }] of clients) {
      if (now - seenAt > CLIENT_TIMEOUT) clients.delete(id)
    }
    const previous = clients.get(client.id)
    const elapsed = previous ? (now - previous.seenAt) / 1000 : REPORT_INTERVAL
    const demand = Math.ceil(client.requestCount / Math.max(1, elapsed))
    clients.delete(client.id)
    clients.set(client.id, { seenAt: now, demand })
    for (const id of clients.keys()) {
      if (clients.size <= MAX_CLIENTS) break
      clients.delete(id)
    }
    const quotas = allot(
      rule.ReservoirSize,
      Array.from(clients.values(), other => other.demand),
    )
    return quotas.at(-1) ?? 0
  }

  forget(scope: Scope, ruleName: string): void {
    this.#clients.delete(`${scopeKey(scope)}/${ruleName}`)
  }

  clear(): void {
    this.#clients.clear()
  }
}
