import { ServiceError } from '@sonde/wire'
import { deliver } from '../../delivery/deliver.ts'
import type { Delivery, DeliveryObserver } from '../../delivery/deliveries.ts'
import { targetKind } from '../../delivery/target-kind.ts'
import type { TargetPorts } from '../../delivery/target-ports.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { MetricRecorder } from '../../kernel/ports.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { EventEnvelope } from './event.ts'
import { DEFAULT_BUS } from './names.ts'

/** The service that rules act as. */
export const EVENTS_PRINCIPAL = 'events.amazonaws.com'

/** An event on its way from a rule to a target. */
export interface RuleDelivery extends Delivery {
  readonly ruleArn: string
  readonly ruleName: string
  readonly bus: string
  /** Whether the event came from another bus. */
  readonly isPassedOn: boolean
  readonly traceHeader?: string
}

/** The whole event is what a bus target gets, with its id, time and account. */
const busEntryOf = (payload: string) => {
  const event = JSON.parse(payload) as EventEnvelope
  return {
    entry: {
      id: event.id,
      source: event.source,
      detailType: event['detail-type'],
      detail: JSON.stringify(event.detail),
      resources: event.resources,
      time: event.time,
    },
    from: { account: event.account, region: event.region, isPassedOn: true },
  }
}

/** Makes one attempt. @throws ServiceError of the target */
export const deliverForRule =
  (ports: TargetPorts, clock: Clock) =>
  (_scope: Scope, delivery: RuleDelivery): Promise<void> => {
    const isBus = targetKind(delivery.targetArn) === 'event-bus'
    if (isBus && delivery.isPassedOn) {
      const message = 'An event that came from another event bus is not passed on to a third one.'
      return Promise.reject(new ServiceError('ThirdAccountHopException', message))
    }
    return deliver(ports, {
      targetArn: delivery.targetArn,
      payload: delivery.payload,
      now: clock.now(),
      deliverer: { service: EVENTS_PRINCIPAL, sourceArn: delivery.ruleArn },
      ...(delivery.traceHeader !== undefined && { traceHeader: delivery.traceHeader }),
      ...(isBus && { busEntry: busEntryOf(delivery.payload) }),
    })
  }

/** Counts one thing of a rule. */
export type CountRule = (
  scope: Scope,
  rule: { readonly bus: string; readonly ruleName: string },
  name: string,
) => void

/**
 * Metrics of rules in `AWS/Events`, by `RuleName`, and by `EventBusName` and `RuleName` for rules of other buses than the
 * default one.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
 */
export const ruleCounter =
  (metrics: MetricRecorder, clock: Clock): CountRule =>
  (scope, { bus, ruleName }, name) => {
    metrics.record(scope, [
      {
        namespace: 'AWS/Events',
        name,
        dimensions: { ...(bus !== DEFAULT_BUS && { EventBusName: bus }), RuleName: ruleName },
        value: 1,
        unit: 'Count',
        timestamp: clock.now(),
      },
    ])
  }

/** A target counts as invoked once: when it has succeeded, or has failed for good. */
export const ruleObserver = (count: CountRule): DeliveryObserver<RuleDelivery> => ({
  succeeded: (scope, delivery) => count(scope, delivery, 'Invocations'),
  failed: (scope, { delivery }) => {
    count(scope, delivery, 'Invocations')
    count(scope, delivery, 'FailedInvocations')
  },
  deadLettered: (scope, delivery, isSent) =>
    count(scope, delivery, isSent ? 'InvocationsSentToDlq' : 'InvocationsFailedToBeSentToDlq'),
})
