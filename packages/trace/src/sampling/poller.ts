/** Brings rules and targets from the daemon's TCP side to a central sampler, in the background. */

import { storage } from '../core/context.ts'
import { parseDaemonAddress } from '../core/daemon-address.ts'
import { log, settings } from '../core/settings.ts'
import type { CentralSampler, SamplingRule, SamplingTarget } from './central.ts'

/** Source: AWS's SDKs. */
const RULES_INTERVAL_MS = 300_000
const TARGETS_INTERVAL_MS = 10_000
/** Chance keeps a fleet from asking at once. */
const RULES_JITTER_MS = 5000
const TARGETS_JITTER_MS = 100
/** While there are no rules yet, the daemon is asked again sooner. */
const RETRY_MS = 10_000
const TIMEOUT_MS = 5000
/** 25 rules make some 15 KB; anything of this size is no answer of the API. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024
const MAX_PAGES = 10

type Answer = Readonly<Record<string, unknown>>

const post = (path: string, body: unknown): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { tcp } = parseDaemonAddress(settings().daemonAddress)
    const payload = JSON.stringify(body)
    const request = process.getBuiltinModule('node:http').request(
      {
        host: tcp.host,
        port: tcp.port,
        path,
        method: 'POST',
        agent: false,
        timeout: TIMEOUT_MS,
        headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) },
      },
      response => {
        const chunks: Buffer[] = []
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > MAX_ANSWER_BYTES) response.destroy(new Error('The answer is too long.'))
          else chunks.push(chunk)
        })
        response.once('error', reject)
        response.once('end', () => {
          try {
            const text = Buffer.concat(chunks).toString()
            if (response.statusCode !== 200)
              throw new Error(`${path} answered ${response.statusCode}: ${text.slice(0, 200)}`)
            resolve(JSON.parse(text) as Answer)
          } catch (error) {
            reject(error)
          }
        })
      },
    )
    request.once('timeout', () => request.destroy(new Error(`${path}: no answer within ${TIMEOUT_MS} ms`)))
    request.once('error', reject)
    // The app may end while we ask.
    request.once('socket', socket => socket.unref())
    request.end(payload)
  })

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** Fetches all rules. */
export const fetchRules = async (sampler: CentralSampler): Promise<void> => {
  const rules: SamplingRule[] = []
  let NextToken: unknown
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await post('/GetSamplingRules', NextToken === undefined ? {} : { NextToken })
    for (const record of list(answer.SamplingRuleRecords)) {
      if (isObject(record) && isObject(record.SamplingRule)) rules.push(record.SamplingRule)
    }
    NextToken = answer.NextToken
    if (typeof NextToken !== 'string' || NextToken === '') break
  }
  sampler.setRules(rules)
}

/** Reports statistics and fetches targets; fetches the rules too where they have changed since. */
export const fetchTargets = async (sampler: CentralSampler): Promise<void> => {
  const SamplingStatisticsDocuments = sampler.takeStatistics()
  if (SamplingStatisticsDocuments.length === 0) return
  const answer = await post('/SamplingTargets', { SamplingStatisticsDocuments })
  sampler.setTargets(list(answer.SamplingTargetDocuments).filter(isObject) as SamplingTarget[])
  const { LastRuleModification: changed } = answer
  if (typeof changed === 'number' && changed >= sampler.fetchedAt) await fetchRules(sampler)
}

const every = (work: () => Promise<void>, delay: () => number): (() => void) => {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const run = async (): Promise<void> => {
    try {
      await work()
    } catch (error) {
      log('debug', `sampling: ${error instanceof Error ? error.message : error}`)
    }
    if (stopped) return
    timer = setTimeout(run, delay())
    timer.unref()
  }
  void run()
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}

const jitter = (milliseconds: number): number => Math.random() * milliseconds

/** Starts asking; returns the way to stop. Timers and connections keep no process alive. */
export const startPolling = (sampler: CentralSampler): (() => void) =>
  // Outside of the request that started this, whose trace it is not part of.
  storage.exit(() => {
    const stopRules = every(
      () => fetchRules(sampler),
      () => (Number.isFinite(sampler.fetchedAt) ? RULES_INTERVAL_MS + jitter(RULES_JITTER_MS) : RETRY_MS),
    )
    const stopTargets = every(
      () => fetchTargets(sampler),
      () => TARGETS_INTERVAL_MS + jitter(TARGETS_JITTER_MS),
    )
    return () => {
      stopRules()
      stopTargets()
    }
  })
