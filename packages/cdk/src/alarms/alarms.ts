import { AlarmRule, CompositeAlarm, type IAlarm, type IAlarmRule } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { Construct } from 'constructs'
import { objectivesOf, type ServiceLevelAgreement } from '../sla/service-level-agreement.ts'
import { createAlarmMaker, inAlarm, type MakerProps, SUPPRESSOR_WAIT } from './alarm-maker.ts'
import { type AlarmChanges, applyChanges } from './changes.ts'
import { type AlarmDefinition, describe } from './definition.ts'
import { type AlarmSet, alarmSetOf } from './set/alarm-set.ts'
import type { BurnPair } from './set/burn.ts'
import { NEVER_RAN, SILENCE_OWNER } from './set/health-check.ts'
import { type LatencyShares, type Subjects, sharesOf } from './set/subjects.ts'

export interface AlarmsProps
  extends AlarmChanges,
    MakerProps,
    Pick<Subjects, 'api' | 'function' | 'table' | 'endpoint' | 'capacity'> {
  readonly sla: ServiceLevelAgreement
  /** What the parts of an answer may take. Default: shares of the latency bound. */
  readonly shares?: LatencyShares
  /** Whether a health check reports to this account. Default true. Otherwise an alarm on no traffic owns silence. */
  readonly healthCheck?: boolean
  /** Whether usage plans are reported to this account. Default false. */
  readonly usageReport?: boolean
  /** While it is in ALARM nobody is paged: a deployment, or maintenance. */
  readonly maintenance?: IAlarm
}

const PAGER = 'sla-at-risk'

/** What must hold for somebody to be paged, one rule a cause. */
const causesOf = ({ alarms, burn }: AlarmSet, byKey: ReadonlyMap<string, IAlarm>): IAlarmRule[] => {
  const urgent = [...alarms, ...burn.map(({ key, window }) => ({ key, urgency: window.urgency }))]
  return urgent
    .filter(({ urgency }) => urgency === 'page')
    .flatMap(({ key }) => {
      const alarm = byKey.get(key)
      if (!alarm) return []
      const neverRan = key === SILENCE_OWNER ? byKey.get(NEVER_RAN) : undefined
      // Until checks have begun to run, their absence is a ticket.
      return neverRan ? AlarmRule.allOf(inAlarm(alarm), AlarmRule.not(inAlarm(neverRan))) : inAlarm(alarm)
    })
}

/**
 * The alarms of an inference API, derived from its agreement. They work together: what pages is a part of one composite
 * alarm, the only one that pages; what can wait goes to the ticket route; and exactly one alarm speaks when signals
 * disappear.
 */
export class Alarms extends Construct {
  /** The only alarm that pages. */
  readonly pager: CompositeAlarm
  /** All alarms by key; of burn pairs the composites. */
  readonly byKey: ReadonlyMap<string, IAlarm>
  /** What they were made of, in order. */
  readonly definitions: readonly AlarmDefinition[]
  readonly burn: readonly BurnPair[]

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id)
    const objectives = objectivesOf(props.sla)
    const { shares = sharesOf(objectives.latency), healthCheck = true, usageReport = false } = props
    const pageTopic = props.routes.page.topicName
    const set = alarmSetOf({ ...props, objectives, shares, healthCheck, usageReport, pageTopic })
    const { alarms, burn, silenceOwner } = applyChanges(set, props)
    this.definitions = alarms
    this.burn = burn

    const maker = createAlarmMaker(this, props)
    const byKey = new Map<string, IAlarm>()
    this.byKey = byKey
    for (const definition of alarms) byKey.set(definition.key, maker.alarm(definition))
    let faster: BurnPair | undefined
    for (const pair of burn) {
      const same = faster?.subject === pair.subject ? faster : undefined
      byKey.set(pair.key, maker.pair(pair, same && byKey.get(same.key)))
      faster = pair
    }
    this.pager = this.#makePager(
      causesOf({ alarms, burn, silenceOwner }, byKey),
      maker.nameOf(PAGER),
      silenceOwner,
      props,
    )
    byKey.set(PAGER, this.pager)
  }

  #makePager(
    causes: readonly IAlarmRule[],
    name: string,
    silenceOwner: string,
    props: AlarmsProps,
  ): CompositeAlarm {
    const { owner, runbook, routes, maintenance } = props
    if (causes.length === 0)
      throw new Error('No alarm is left that pages: keep one, or make alarms of your own.')
    const pager = new CompositeAlarm(this, PAGER, {
      compositeAlarmName: name,
      alarmDescription: describe(
        {
          key: PAGER,
          meaning: 'The agreement is at risk: a cause named in the rule needs somebody now.',
          derivation: 'Every alarm that pages is a part of this one, so that an outage pages once.',
          urgency: 'page',
          silence: { ownedBy: silenceOwner },
        },
        owner,
        runbook,
      ),
      alarmRule: AlarmRule.anyOf(...causes),
      ...(maintenance && {
        actionsSuppressor: maintenance,
        actionsSuppressorWaitPeriod: SUPPRESSOR_WAIT,
        actionsSuppressorExtensionPeriod: SUPPRESSOR_WAIT,
      }),
    })
    const action = new SnsAction(routes.page)
    pager.addAlarmAction(action)
    pager.addOkAction(action)
    return pager
  }
}
