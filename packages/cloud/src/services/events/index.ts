import { Deliveries } from '../../delivery/deliveries.ts'
import type { BusSender, TargetPorts } from '../../delivery/target-ports.ts'
import type { Clock } from '../../kernel/clock.ts'
import { uuid } from '../../kernel/ids.ts'
import type { Authorizer, EventBus, MetricRecorder } from '../../kernel/ports.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import { createBusSender } from './bus-sender.ts'
import { Buses } from './buses.ts'
import { envelopeOf, eventTime } from './event.ts'
import { DEFAULT_BUS } from './names.ts'
import { busOperations } from './operations/buses.ts'
import { putEventsOperation } from './operations/put-events.ts'
import { ruleOperations } from './operations/rules.ts'
import { tagOperations } from './operations/tags.ts'
import type { BusRecord, RuleRecord } from './records.ts'
import { eventsResources } from './resources.ts'
import { Router } from './router.ts'
import {
  deliverForRule,
  EVENTS_PRINCIPAL,
  type RuleDelivery,
  ruleCounter,
  ruleObserver,
} from './rule-delivery.ts'
import { RuleSchedules } from './rule-schedules.ts'
import { Rules } from './rules.ts'
import type { EventsOperations } from './service.ts'

export interface EventsDependencies extends Omit<TargetPorts, 'buses'> {
  readonly store: Store
  readonly clock: Clock
  readonly metrics: MetricRecorder
  readonly authorizer: Pick<Authorizer, 'allows'>
  /** Receives what failed without being an AWS error. */
  readonly onDefect: (error: unknown) => void
}

/** EventBridge: buses, rules by pattern and by schedule, and their targets. */
export const createEvents = (dependencies: EventsDependencies): CloudService & EventBus & BusSender => {
  const { store, clock, authorizer, onDefect } = dependencies
  const buses = new Buses({ records: store.collection<BusRecord>('events.buses'), clock, authorizer })
  const rules: Rules = new Rules({
    records: store.collection<RuleRecord>('events.rules'),
    buses,
    clock,
    onChange: (scope, rule, isDeleted) => schedules.changed(scope, rule, isDeleted),
  })
  const count = ruleCounter(dependencies.metrics, clock)
  const ports: TargetPorts = { ...dependencies, buses: { send: (...event) => sender.send(...event) } }
  const deliveries = new Deliveries<RuleDelivery>({
    clock,
    waiting: store.collection<RuleDelivery>('events.deliveries'),
    queues: dependencies.queues,
    deliver: deliverForRule(ports, clock),
    deadLetter: ({ delivery: { ruleArn } }) => ({
      attributes: { RULE_ARN: ruleArn },
      deliverer: { service: EVENTS_PRINCIPAL, sourceArn: ruleArn },
    }),
    observer: ruleObserver(count),
    onDefect,
  })
  const router = new Router({ rules, deliveries, clock, count })
  const schedules: RuleSchedules = new RuleSchedules({ rules, router, clock })
  const parts = { buses, rules, router, clock }
  const sender = createBusSender(parts)
  const operations: EventsOperations = {
    ...busOperations(parts),
    ...ruleOperations(parts),
    ...putEventsOperation(parts),
    ...tagOperations(parts),
  }

  const put: EventBus['put'] = (scope, { source, detailType, resources, detail }) => {
    const event = envelopeOf(scope, {
      id: uuid(),
      detailType,
      source,
      time: eventTime(clock.now()),
      resources,
      detail,
    })
    const routed = Promise.resolve().then(() => router.route({ scope, name: DEFAULT_BUS }, event))
    clock.hold(routed.catch(onDefect))
  }

  return {
    id: 'events',
    apis: [{ api: 'eventbridge', operations }],
    resources: eventsResources(parts),
    put,
    ...sender,
    start: async () => {
      deliveries.start()
      schedules.start()
    },
    stop: async () => {
      schedules.stop()
      deliveries.stop()
    },
    reset: () => {
      schedules.clear()
      deliveries.reset()
    },
  }
}
