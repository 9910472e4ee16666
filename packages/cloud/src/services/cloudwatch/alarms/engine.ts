import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { Clock } from '../../../kernel/clock.ts'
import type { EventBus, FunctionInvoker, TopicPublisher } from '../../../kernel/ports.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Store } from '../../../kernel/store.ts'
import type { MetricReader } from '../metrics/metric-reader.ts'
import type { Queries } from '../queries/index.ts'
import { createActions } from './actions.ts'
import { type Alarm, type AlarmRecord, type AlarmState, INITIAL_REASON } from './alarm.ts'
import { type AlarmStore, alarmKey, createAlarmStore } from './alarm-store.ts'
import { createComposites } from './composite/composites.ts'
import { createDependencyIndex, type DependencyIndex } from './composite/dependencies.ts'
import { createEvaluator } from './evaluator.ts'
import { type AlarmHistory, createHistory } from './history.ts'
import { configurationUpdate } from './history-item.ts'
import { createMuteRules, type MuteRule, type MuteRules } from './mute/mute-rules.ts'
import { createUnmuting } from './mute/unmuting.ts'
import { configurationChangeEvent } from './notification/events.ts'
import { createScheduler } from './scheduler.ts'
import { createTransitions, type Verdict } from './transitions.ts'
import { watchOf } from './watch.ts'
import { createWatchList } from './watch-list.ts'

export interface AlarmsDependencies {
  readonly store: Store
  readonly clock: Clock
  readonly metrics: MetricReader
  readonly queries: Pick<Queries, 'describe' | 'evaluate'>
  readonly topics: TopicPublisher
  readonly functions: FunctionInvoker
  readonly events: EventBus
  /** An alarm on these queries was written: models of their bands are to be there. */
  readonly onQueries?: (scope: Scope, queries: readonly MetricDataQuery[]) => void
  /** Receives defects of ours that evaluation went on after. */
  readonly onDefect?: (error: unknown) => void
}

/** All alarms of the cloud and what drives them. Inputs are checked before they get here. */
export interface AlarmEngine {
  readonly alarms: AlarmStore
  readonly history: AlarmHistory
  readonly dependencies: DependencyIndex
  readonly mutes: MuteRules
  /** Creates an alarm, or replaces its configuration and keeps its state. Tags are those of its creation. */
  write(scope: Scope, alarm: Alarm): AlarmRecord
  delete(record: AlarmRecord): void
  setState(record: AlarmRecord, verdict: Verdict): void
  putMuteRule(scope: Scope, rule: MuteRule): void
  deleteMuteRule(scope: Scope, name: string): void
  start(): Promise<void>
  stop(): void
  reset(): void
}

const MINUTE = 60_000

const initialState = (alarm: Alarm, now: number): AlarmState => ({
  value: 'INSUFFICIENT_DATA',
  reason: INITIAL_REASON,
  updated: now,
  transitioned: now,
  ...(alarm.type === 'MetricAlarm' &&
    alarm.warmUp && {
      warmUp: { since: now, until: now + alarm.warmUp.minutes * MINUTE },
      evaluationState: 'IN_WARM_UP',
    }),
})

/** A warm-up that runs takes its new length, or ends; one that is over does not begin anew. */
const reconfigured = (alarm: Alarm, state: AlarmState): AlarmState => {
  const { warmUp, evaluationState: _, ...rest } = state
  if (!warmUp) return state
  const minutes = alarm.type === 'MetricAlarm' ? alarm.warmUp?.minutes : undefined
  if (minutes === undefined) return rest
  return { ...state, warmUp: { ...warmUp, until: warmUp.since + minutes * MINUTE } }
}

export const createAlarmEngine = (given: AlarmsDependencies): AlarmEngine => {
  const { store, clock, events } = given
  const onDefect = given.onDefect ?? (() => {})
  const alarms = createAlarmStore(store)
  const history = createHistory(store, () => clock.now())
  const mutes = createMuteRules(store)
  const dependencies = createDependencyIndex()
  const watches = createWatchList()
  const actions = createActions({ clock, history, topics: given.topics, functions: given.functions })
  const unmuting = createUnmuting(clock, alarms, mutes, record => transitions.unmute(record))
  const transitions = createTransitions({
    clock,
    alarms,
    history,
    events,
    actions,
    mutes,
    onMuted: unmuting.await,
  })
  const composites = createComposites({ clock, alarms, transitions, dependencies })

  /** Of a metric alarm; what follows for composite alarms is for the caller to settle. */
  const changeState = (record: AlarmRecord, verdict: Verdict): void => {
    const before = record.state.value
    const { state } = transitions.apply(record, verdict)
    if (state.value !== before) composites.noteChange(record.scope, record.alarm.name)
  }
  const scheduler = createScheduler({
    clock,
    watches,
    evaluator: createEvaluator({
      clock,
      alarms,
      watches,
      metrics: given.metrics,
      queries: given.queries,
      onVerdict: changeState,
    }),
    onEvaluated: composites.settle,
    onDefect,
  })

  const index = (record: AlarmRecord): void => {
    const { scope, alarm } = record
    if (alarm.type === 'CompositeAlarm') dependencies.put(scope, alarm)
    else watches.put(watchOf(record, alarm))
  }
  for (const record of alarms.all()) index(record)

  return {
    alarms,
    history,
    dependencies,
    mutes,
    write: (scope, written) => {
      const now = clock.now()
      const former = alarms.find(scope, written.name)
      const alarm = former ? { ...written, tags: former.alarm.tags } : written
      const state = former ? reconfigured(alarm, former.state) : initialState(alarm, now)
      const record = alarms.put(scope, alarm, state)
      const operation = former ? 'update' : 'create'
      history.add(scope, configurationUpdate(scope, operation, alarm, state, now))
      events.put(scope, configurationChangeEvent(scope, operation, alarm, state, former?.alarm))
      index(record)
      if (alarm.type === 'CompositeAlarm') {
        composites.configured(record, former?.alarm.type === 'CompositeAlarm' ? former.alarm : undefined)
      } else {
        scheduler.expect(alarmKey(scope, alarm.name))
        scheduler.update()
        if (alarm.metrics) given.onQueries?.(scope, alarm.metrics)
      }
      return alarms.find(scope, alarm.name) ?? record
    },
    delete: ({ scope, alarm, state }) => {
      alarms.delete(scope, alarm.name)
      history.add(scope, configurationUpdate(scope, 'delete', alarm, state, clock.now()))
      events.put(scope, configurationChangeEvent(scope, 'delete', alarm, state))
      watches.delete(alarmKey(scope, alarm.name))
      dependencies.delete(scope, alarm.name)
      composites.forget(scope, alarm.name)
      scheduler.update()
    },
    setState: (record, verdict) => {
      if (record.alarm.type === 'CompositeAlarm') composites.setState(record, verdict)
      else changeState(record, verdict)
      composites.settle()
    },
    putMuteRule: (scope, rule) => {
      mutes.put(scope, rule)
      unmuting.check()
    },
    deleteMuteRule: (scope, name) => {
      mutes.delete(scope, name)
      unmuting.check()
    },
    start: async () => {
      for (const record of alarms.all()) {
        if (record.state.mutedFrom !== undefined) unmuting.await(record, clock.now())
      }
      composites.resume()
      if (watches.size > 0) await scheduler.evaluateNow()
    },
    stop: () => {
      scheduler.stop()
      composites.stop()
      unmuting.stop()
    },
    reset: () => {
      alarms.reset()
      history.reset()
      watches.clear()
      dependencies.clear()
      composites.stop()
      unmuting.stop()
      scheduler.update()
    },
  }
}
