export { Alarms, type AlarmsProps } from './alarms/alarms.ts'
export type { AlarmChanges } from './alarms/changes.ts'
export type { AlarmChange, AlarmDefinition } from './alarms/definition.ts'
export type {
  ApiSubject,
  EndpointSubject,
  FunctionSubject,
  LatencyShares,
  ProvenCapacity,
  TableSubject,
} from './alarms/set/subjects.ts'
export { CATALOGUE, type Dimensions, type MetricName, type Namespace } from './metrics/catalogue.ts'
export { metricOf } from './metrics/metric.ts'
export type { ServiceLevelAgreement } from './sla/service-level-agreement.ts'
