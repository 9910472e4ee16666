import { CfnGroup, CfnSamplingRule } from 'aws-cdk-lib/aws-xray'
import { Construct } from 'constructs'

/** Shares of requests traced, by stage of the product. */
const RATES = { development: 1, production: 0.01 } as const

export interface SamplingProps {
  /** The API's name; its stages' segments are named `<api>/<stage>`. */
  readonly apiName: string
  readonly stageName: string
  /** `development` traces everything, `production` 1 %; or a share from 0 to 1. */
  readonly rate: keyof typeof RATES | number
  /** A response slower than this (s) belongs to the group of slow traces. */
  readonly slow: number
  /** Name of the rule. Default: the API's. */
  readonly ruleName?: string
}

const PRIORITY = 100

/**
 * Which requests are traced, decided at the API's stage for the whole trace, and groups of those worth a look. The reservoir is 0: one request
 * a second for certain would be everything where there is less traffic than that. Changes take effect at run time.
 */
export class Sampling extends Construct {
  constructor(scope: Construct, id: string, { apiName, stageName, rate, slow, ruleName }: SamplingProps) {
    super(scope, id)
    const fixedRate = typeof rate === 'number' ? rate : RATES[rate]
    if (!(fixedRate >= 0 && fixedRate <= 1))
      throw new Error(`The rate of traces is a share from 0 to 1, not ${rate}.`)
    new CfnSamplingRule(this, 'Rule', {
      samplingRule: {
        ruleName: ruleName ?? apiName,
        priority: PRIORITY,
        fixedRate,
        reservoirSize: 0,
        serviceName: `${apiName}/${stageName}`,
        serviceType: '*',
        host: '*',
        httpMethod: '*',
        urlPath: '*',
        resourceArn: '*',
        version: 1,
      },
    })
    const service = `service("${apiName}/${stageName}")`
    const groups = { Faults: `${service} { fault = true }`, Slow: `${service} { responsetime > ${slow} }` }
    for (const [name, filterExpression] of Object.entries(groups)) {
      new CfnGroup(this, name, {
        groupName: `${apiName}-${name.toLowerCase()}`,
        filterExpression,
        insightsConfiguration: { insightsEnabled: false, notificationsEnabled: false },
      })
    }
  }
}
