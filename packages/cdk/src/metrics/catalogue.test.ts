import { Duration } from 'aws-cdk-lib/core'
import { describe, expect, it } from 'vitest'
import { whyUnknown } from './catalogue.ts'
import { metricOf } from './metric.ts'

const choice = { statistic: 'Sum', period: Duration.minutes(1) }

describe('the catalogue', () => {
  it('makes metrics that exist', () => {
    const metric = metricOf('AWS/Lambda', 'Errors', { FunctionName: 'f' }, choice)
    expect(metric).toMatchObject({ namespace: 'AWS/Lambda', metricName: 'Errors', statistic: 'Sum' })
  })

  it('does not compile others', () => {
    // @ts-expect-error Lambda calls it FunctionName
    metricOf('AWS/Lambda', 'Errors', { Function: 'f' }, choice)
    // @ts-expect-error every metric of an endpoint needs its variant
    metricOf('AWS/SageMaker', 'ModelLatency', { EndpointName: 'e' }, choice)
    // @ts-expect-error API Gateway has no Errors
    metricOf('AWS/ApiGateway', 'Errors', { ApiName: 'a' }, choice)
  })

  it.each([
    ['AWS/Lambda', 'Errors', ['FunctionName'], undefined],
    ['Shop/Orders', 'Anything', ['At', 'All'], undefined],
    [
      'AWS/SageMaker',
      'ModelLatency',
      ['EndpointName'],
      'AWS/SageMaker ModelLatency exists under {EndpointName, VariantName}, not under {EndpointName}',
    ],
    ['AWS/Nothing', 'X', [], 'the catalogue has no namespace AWS/Nothing'],
  ])('tells why %s %s by %j cannot exist', (namespace, name, dimensions, why) => {
    expect(whyUnknown(namespace, name, dimensions)).toBe(why)
  })
})
