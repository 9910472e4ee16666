import type { RestApi } from 'aws-cdk-lib/aws-apigateway'
import type { ITable } from 'aws-cdk-lib/aws-dynamodb'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns'
import { ArnFormat, Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { Alarms, type AlarmsProps } from '../alarms/alarms.ts'
import type { Subjects } from '../alarms/set/subjects.ts'
import { ServiceDashboard } from '../dashboard/service-dashboard.ts'
import { HealthCheckTarget } from '../health-check/health-check-target.ts'
import { applyAlarmPolicy } from '../policy/policy.ts'
import { Sampling, type SamplingProps } from '../sampling/sampling.ts'
import type { Urgency } from '../sla/burn-rates.ts'
import { objectivesOf } from '../sla/service-level-agreement.ts'
import { UsageReport } from '../usage-report/usage-report.ts'
import { coresOf } from './instance-types.ts'

/** The endpoint of the model. */
export interface WatchedEndpoint {
  readonly endpointName: string
  /** Default AllTraffic. */
  readonly variantName?: string
  /** Such as `ml.c7i.large`; or {@link cores}. */
  readonly instanceType?: string
  /** vCPUs of an instance. Default: those of the instance type. */
  readonly cores?: number
}

export interface WatchProps
  extends Pick<AlarmsProps, 'sla' | 'capacity' | 'shares' | 'maintenance' | 'change' | 'drop'> {
  readonly api: Pick<RestApi, 'restApiName' | 'deploymentStage'>
  /** Behind the API. */
  readonly function?: Pick<IFunction, 'functionName'>
  /** Invocations that may run at the same time. Default 1,000: the quota of a new account. */
  readonly concurrency?: number
  /** The reference data. */
  readonly table?: Pick<ITable, 'tableName'>
  /** Operations on the table that the function uses. Default GetItem, BatchGetItem and Query. */
  readonly operations?: readonly string[]
  readonly endpoint?: WatchedEndpoint
  /** Default: the API's name. */
  readonly service?: string
  /** The account that checks the service, and what it is to ask. Without it nothing owns silence. */
  readonly healthCheck?: { readonly account: string; readonly url: string }
  /** Whether the use of the account's usage plans is reported here. Default true; false where another watch does. */
  readonly usageReport?: boolean
  /** Default: a topic for each. */
  readonly routes?: Readonly<Record<Urgency, ITopic>>
  /** Who answers for the service; a line of every alarm's description. */
  readonly owner?: string
  /** An address, to which each alarm's key is appended as a fragment. */
  readonly runbook?: string
  /** Which share of requests is traced. No rule of ours where absent. */
  readonly sampling?: SamplingProps['rate']
}

const OPERATIONS = ['GetItem', 'BatchGetItem', 'Query']
const CONCURRENCY = 1_000

const coresOfEndpoint = ({ cores, instanceType }: WatchedEndpoint): number => {
  if (cores !== undefined) return cores
  if (instanceType === undefined)
    throw new Error('Give endpoint.instanceType or endpoint.cores: CPU is counted by the core.')
  return coresOf(instanceType)
}

const subjectsOf = (
  props: WatchProps,
): Pick<Subjects, 'service' | 'api' | 'function' | 'table' | 'endpoint'> => {
  const { api, function: lambda, concurrency = CONCURRENCY, table, operations = OPERATIONS, endpoint } = props
  return {
    service: props.service ?? api.restApiName,
    api: { apiName: api.restApiName, stageName: api.deploymentStage.stageName },
    ...(lambda && { function: { functionName: lambda.functionName, concurrency } }),
    ...(table && { table: { tableName: table.tableName, operations } }),
    ...(endpoint && {
      endpoint: {
        endpointName: endpoint.endpointName,
        variantName: endpoint.variantName ?? 'AllTraffic',
        cores: coresOfEndpoint(endpoint),
      },
    }),
  }
}

/** A topic to which this account's alarms may publish: a policy of its own replaces the one that allowed them by default. */
const alarmTopic = (scope: Construct, id: string, displayName: string): Topic => {
  const topic = new Topic(scope, id, { displayName, enforceSSL: true })
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        ArnLike: {
          'aws:SourceArn': Stack.of(scope).formatArn({
            service: 'cloudwatch',
            resource: 'alarm',
            resourceName: '*',
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        },
      },
    }),
  )
  return topic
}

/**
 * All that a team puts around its inference API: alarms derived from the agreement, the daily usage report, the dashboard, trace
 * sampling, and the place where the health check of another account counts. One line:
 *
 * @example
 * new Watch(this, 'Watch', {
 *   api, function: predictions, table, endpoint,
 *   sla: { availability: 99.95, latency: { p90: Duration.millis(200) } },
 * })
 */
export class Watch extends Construct {
  readonly service: string
  readonly routes: Readonly<Record<Urgency, ITopic>>
  readonly alarms: Alarms
  readonly dashboard: ServiceDashboard

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id)
    const {
      api: _api,
      function: _function,
      table: _table,
      endpoint: _endpoint,
      routes,
      healthCheck,
      ...rest
    } = props
    const { usageReport = true, sampling } = rest
    const subjects = subjectsOf(props)
    this.service = subjects.service
    this.routes = routes ?? {
      page: alarmTopic(this, 'Page', `${this.service}: page`),
      ticket: alarmTopic(this, 'Ticket', `${this.service}: ticket`),
    }
    if (healthCheck) new HealthCheckTarget(this, 'HealthCheck', { service: this.service, ...healthCheck })
    if (usageReport) new UsageReport(this, 'UsageReport')
    this.alarms = new Alarms(this, 'Alarms', {
      ...rest,
      ...subjects,
      healthCheck: healthCheck !== undefined,
      usageReport,
      routes: this.routes,
    })
    applyAlarmPolicy(this)
    const shown = [...this.alarms.byKey.values()].reverse()
    this.dashboard = new ServiceDashboard(this, 'Dashboard', {
      ...subjects,
      sla: props.sla,
      usageReport,
      alarms: shown,
    })
    if (sampling !== undefined) {
      const { apiName, stageName } = subjects.api
      const slow = objectivesOf(props.sla).latency / 1_000
      new Sampling(this, 'Sampling', { apiName, stageName, rate: sampling, slow })
    }
  }
}
