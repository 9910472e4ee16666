import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IWidget,
  MathExpression,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import type { Subjects } from '../alarms/set/subjects.ts'
import { objectivesOf, type ServiceLevelAgreement } from '../sla/service-level-agreement.ts'
import { availability, budgetUse, type Graph, kpiGraphs } from './kpis.ts'

export interface ServiceDashboardProps
  extends Pick<Subjects, 'service' | 'api' | 'function' | 'table' | 'endpoint'> {
  readonly sla: ServiceLevelAgreement
  /** Shown first, in this order. */
  readonly alarms: readonly IAlarm[]
  /** Whether usage plans are reported to this account. Default false. */
  readonly usageReport?: boolean
  /** Default: the service's name. */
  readonly dashboardName?: string
}

const WIDTH = 24
const THIRD = WIDTH / 3
const DAY = Duration.days(1)

const graph = ({ title, left, right, bound }: Graph): IWidget =>
  new GraphWidget({
    title,
    width: THIRD,
    left: left.slice(),
    ...(right && { right: right.slice() }),
    leftYAxis: { min: 0, showUnits: false },
    ...(right && { rightYAxis: { min: 0, showUnits: false } }),
    ...(bound && { leftAnnotations: [{ value: bound.value, label: bound.label, color: '#d62728' }] }),
  })

const usageWidget = (): IWidget =>
  new GraphWidget({
    title: 'Usage plans: used of their quota, %',
    width: THIRD,
    left: [
      new MathExpression({
        expression: "SEARCH('{Sonde/Usage,UsagePlan} MetricName=\"UsedPercent\"', 'Maximum', 3600)",
        label: '',
        usingMetrics: {},
        period: Duration.hours(1),
      }),
    ],
    leftYAxis: { min: 0, max: 100, showUnits: false },
    leftAnnotations: [{ value: 90, label: 'within 10 % of the limit', color: '#d62728' }],
  })

/** What one looks at first when something is wrong: the alarms; then the agreement; then every figure from edge to model. */
export class ServiceDashboard extends Construct {
  readonly dashboard: Dashboard

  constructor(scope: Construct, id: string, props: ServiceDashboardProps) {
    super(scope, id)
    const objectives = objectivesOf(props.sla)
    const percent = objectives.availability * 100
    this.dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: props.dashboardName ?? props.service,
      defaultInterval: Duration.hours(3),
    })
    const rows: IWidget[][] = [
      [
        new TextWidget({
          width: WIDTH,
          height: 1,
          markdown: `**${props.service}**: ${percent} % available, 90 % of responses under ${objectives.latency} ms, over ${objectives.days} days`,
        }),
      ],
      [new AlarmStatusWidget({ title: 'Alarms', width: WIDTH, height: 6, alarms: props.alarms.slice() })],
      [
        new SingleValueWidget({
          title: 'Availability of the last day',
          width: THIRD,
          metrics: availability(props, DAY),
          fullPrecision: true,
        }),
        new GraphWidget({
          title: 'Availability, %',
          width: THIRD,
          left: availability(props, Duration.minutes(5)),
          leftYAxis: { max: 100, showUnits: false },
          leftAnnotations: [{ value: percent, label: 'agreed', color: '#d62728' }],
        }),
        new GraphWidget({
          title: 'Error budget: how many times as fast as allowed',
          width: THIRD,
          left: [budgetUse(props, objectives)],
          leftYAxis: { min: 0, showUnits: false },
          leftAnnotations: [{ value: 1, label: 'all of it in the period', color: '#d62728' }],
        }),
      ],
      [...kpiGraphs(props, objectives).map(graph), ...(props.usageReport ? [usageWidget()] : [])],
    ]
    for (const row of rows) this.dashboard.addWidgets(...row)
  }
}
