import { notImplemented } from '@sonde/wire'
import type { ResourceTypes } from '../../../kernel/resource-type.ts'
import type { FindTaggable } from '../tags.ts'
import { type AlarmsDependencies, createAlarmEngine } from './engine.ts'
import { changeOperations } from './operations/change-alarms.ts'
import type { AlarmOperations } from './operations/context.ts'
import { describeOperations } from './operations/describe-alarms.ts'
import { historyOperations } from './operations/describe-history.ts'
import { muteRuleOperations } from './operations/mute-rules.ts'
import { createAlarmResources } from './resources.ts'
import { findTaggable } from './taggable.ts'

export type { AlarmsDependencies } from './engine.ts'

/** The services that alarms tell of their changes. */
export type AlarmPorts = Pick<AlarmsDependencies, 'events' | 'functions' | 'topics'>

/** Where there are none: actions fail by name, events have no bus. */
export const NO_PORTS: AlarmPorts = {
  topics: { publish: async () => Promise.reject(notImplemented('sns: Publish')) },
  functions: { invoke: async () => Promise.reject(notImplemented('lambda: Invoke')) },
  events: { put: () => {} },
}

/** What CloudWatch's composition sees of its alarms. */
export interface Alarms {
  readonly operations: AlarmOperations
  readonly resources: ResourceTypes
  readonly findTaggable: FindTaggable
  /** Takes up stored alarms: they are evaluated once for the present time, and what waited goes on. */
  start(): Promise<void>
  stop(): void
  reset(): void
}

/** Metric and composite alarms, their actions, history and mute rules. */
export const createAlarms = (dependencies: AlarmsDependencies): Alarms => {
  const engine = createAlarmEngine(dependencies)
  const { clock, queries } = dependencies
  const given = { engine, clock, queries }
  const operations: AlarmOperations = {
    ...changeOperations(given),
    ...describeOperations(given),
    ...historyOperations(given),
    ...muteRuleOperations(given),
  }
  return {
    operations,
    resources: createAlarmResources(given),
    findTaggable: findTaggable(engine),
    start: engine.start,
    stop: engine.stop,
    reset: engine.reset,
  }
}
