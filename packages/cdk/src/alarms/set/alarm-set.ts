import type { AlarmDefinition } from '../definition.ts'
import { availabilityBurn, type BurnPair, latencyBurn } from './burn.ts'
import { endpointAlarms } from './endpoint.ts'
import { functionAlarms } from './function.ts'
import { healthCheckAlarms, SILENCE_OWNER } from './health-check.ts'
import { notificationAlarms } from './notifications.ts'
import type { Subjects } from './subjects.ts'
import { tableAlarms } from './table.ts'
import { TRAFFIC_SILENT, trafficAlarms } from './traffic.ts'
import { usageAlarms } from './usage.ts'

/** All alarms on a service, before they are made. */
export interface AlarmSet {
  readonly alarms: readonly AlarmDefinition[]
  /** Each a composite of two metric alarms. */
  readonly burn: readonly BurnPair[]
  /** The key of the alarm that speaks when signals disappear. */
  readonly silenceOwner: string
}

/** The default set for what a service consists of. Without a health check, an alarm on no traffic at all owns silence. */
export const alarmSetOf = (subjects: Subjects): AlarmSet => {
  const silenceOwner = subjects.healthCheck ? SILENCE_OWNER : TRAFFIC_SILENT
  const owned = <T extends Pick<AlarmDefinition, 'silence'>>(alarm: T): T =>
    'ownedBy' in alarm.silence && alarm.silence.ownedBy === SILENCE_OWNER
      ? { ...alarm, silence: { ownedBy: silenceOwner } }
      : alarm
  const alarms = [
    ...(subjects.healthCheck ? healthCheckAlarms(subjects) : []),
    ...trafficAlarms(subjects),
    ...(subjects.function ? functionAlarms(subjects.function, subjects) : []),
    ...(subjects.table ? tableAlarms(subjects.table, subjects) : []),
    ...(subjects.endpoint ? endpointAlarms(subjects.endpoint, subjects) : []),
    ...(subjects.usageReport ? usageAlarms() : []),
    ...notificationAlarms(subjects),
  ]
  const burn = [...availabilityBurn(subjects), ...latencyBurn(subjects)]
  return {
    silenceOwner,
    alarms: alarms.map(owned),
    burn: burn.map(pair => ({ ...owned(pair), parts: pair.parts.map(owned) })),
  }
}
