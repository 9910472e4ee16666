/** The sampler of servers that name none. */
import { newClientId } from '../core/ids.ts'
import { log, settings } from '../core/settings.ts'
import { CentralSampler } from './central.ts'
import { DEFAULT_LOCAL_RULES, localSampler } from './local.ts'
import { startPolling } from './poller.ts'
import type { Sampler } from './sampler.ts'

/** The local rules of `SONDE_TRACE_SAMPLING_RULES`, else AWS's default. A faulty file is said, and not used. */
const localRules = (): Sampler => {
  const { samplingRules } = settings()
  try {
    if (samplingRules === undefined) return localSampler(DEFAULT_LOCAL_RULES)
    const { readFileSync } = process.getBuiltinModule('node:fs')
    return localSampler(JSON.parse(readFileSync(samplingRules, 'utf8')))
  } catch (error) {
    log('error', `${samplingRules}: ${error instanceof Error ? error.message : error}`)
    return localSampler(DEFAULT_LOCAL_RULES)
  }
}

export interface CentralSamplingOptions {
  /** Decides while the daemon has given no rules, or none for an hour. Default: local rules. */
  readonly fallback?: Sampler
}

/**
 * Samples by the account's rules, asked from the daemon over TCP: rules every five minutes, and at once when targets say
 * that they changed; statistics and targets every ten seconds.
 */
export const centralSampler = (options: CentralSamplingOptions = {}): Sampler => {
  let clientId: string | undefined
  const sampler = new CentralSampler(options.fallback ?? localRules(), () => {
    clientId ??= newClientId()
    return clientId
  })
  let started = false
  return {
    sample: request => {
      // Nothing is asked before the first request: importing or configuring costs no connection.
      if (!started) {
        started = true
        startPolling(sampler)
      }
      return sampler.sample(request)
    },
  }
}

let shared: Sampler | undefined

/** One sampler for all servers of the process, so that reservoirs are shared. */
export const defaultSampler = (): Sampler => {
  shared ??= centralSampler()
  return shared
}
