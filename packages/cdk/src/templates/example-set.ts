import { type AlarmSet, alarmSetOf } from '../alarms/set/alarm-set.ts'
import { type LatencyShares, type ProvenCapacity, sharesOf } from '../alarms/set/subjects.ts'
import { objectivesOf } from '../sla/service-level-agreement.ts'
import { DEFAULTS } from './agreements.ts'

/** Only for the texts of derivations: what a load test has shown is the parameters' to say. */
export const CAPACITY: ProvenCapacity = {
  requestsPerMinute: 6_000,
  invocationsPerInstance: 6_000,
  floor: 100,
}

export const SHARES: LatencyShares = sharesOf(objectivesOf(DEFAULTS.sla).latency)

/** The set as the templates' defaults make it: its keys, and the thresholds that follow. */
export const exampleSet = (): AlarmSet =>
  alarmSetOf({
    service: 'any',
    objectives: objectivesOf(DEFAULTS.sla),
    shares: SHARES,
    api: { apiName: 'any', stageName: 'any' },
    function: { functionName: 'any', concurrency: DEFAULTS.concurrency },
    table: { tableName: 'any', operations: ['BatchGetItem'] },
    endpoint: { endpointName: 'any', variantName: 'any', cores: DEFAULTS.cores },
    capacity: CAPACITY,
    healthCheck: true,
    usageReport: true,
    pageTopic: 'any',
  })
