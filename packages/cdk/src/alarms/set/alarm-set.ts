import type { AlarmDefinition } from '../definition.ts'
import { availabilityBurn, type BurnPair, latencyBurn } from './burn.ts'
import { endpointAlarms } from './endpoint.ts'
import { functionAlarms } from './function.ts'
import { healthCheckAlarms } from './health-check.ts'
import type { Subjects } from './subjects.ts'
import { tableAlarms } from './table.ts'
import { trafficAlarms } from './traffic.ts'
import { usageAlarms } from './usage.ts'

/** All alarms on a service, before they are made. */
export interface AlarmSet {
  readonly alarms: readonly AlarmDefinition[]
  /** Each a composite of two metric alarms. */
  readonly burn: readonly BurnPair[]
}

/** The default set for what a service consists of. */
export const alarmSetOf = (subjects: Subjects): AlarmSet => ({
  alarms: [
    ...(subjects.healthCheck ? healthCheckAlarms(subjects) : []),
    ...trafficAlarms(subjects),
    ...(subjects.function ? functionAlarms(subjects.function, subjects) : []),
    ...(subjects.table ? tableAlarms(subjects.table, subjects) : []),
    ...(subjects.usageReport ? usageAlarms() : []),
    ...(subjects.endpoint ? endpointAlarms(subjects.endpoint, subjects) : []),
  ],
  burn: [...availabilityBurn(subjects), ...latencyBurn(subjects)],
})
