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
export { ServiceDashboard, type ServiceDashboardProps } from './dashboard/service-dashboard.ts'
export type { Expectation, ValueExpectation } from './health-check/expectation.ts'
export {
  HealthCheck,
  type HealthCheckedApi,
  type HealthCheckProps,
  type HealthCheckRequest,
} from './health-check/health-check.ts'
export { HealthCheckTarget, type HealthCheckTargetProps } from './health-check/health-check-target.ts'
export { InferenceApi, type InferenceApiProps } from './inference-service/inference-api.ts'
export { InferenceFunction, type InferenceFunctionProps } from './inference-service/inference-function.ts'
export {
  InferenceService,
  type InferenceServiceProps,
  type ServiceWatchProps,
} from './inference-service/inference-service.ts'
export { ModelEndpoint, type ModelEndpointProps } from './inference-service/model-endpoint.ts'
export { ReferenceTable, type ReferenceTableProps } from './inference-service/reference-table.ts'
export { TracerLayer, tracerFolder } from './inference-service/tracer-layer.ts'
export { CATALOGUE, type Dimensions, type MetricName, type Namespace } from './metrics/catalogue.ts'
export { metricOf } from './metrics/metric.ts'
export { applyAlarmPolicy } from './policy/policy.ts'
export type { PolicyOptions } from './policy/rules.ts'
export { Sampling, type SamplingProps } from './sampling/sampling.ts'
export type { ServiceLevelAgreement } from './sla/service-level-agreement.ts'
export { UsageReport } from './usage-report/usage-report.ts'
export { Watch, type WatchedEndpoint, type WatchProps } from './watch/watch.ts'
