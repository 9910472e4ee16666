import { expect, it } from 'vitest'
import { whyNeverFires } from './possible.ts'
import { ruleNames } from './rule-names.ts'

it.each([
  ['ALARM(shop-a)', true],
  ['ALARM("shop-a") OR OK(b)', true],
  ['NOT ALARM( shop-a )', true],
  ['ALARM("arn:aws:cloudwatch:us-east-1:1:alarm:shop-a")', true],
  ['ALARM(shop-ab)', false],
  ['ALARM("my-shop-a")', false],
  ['ALARM("arn:aws:cloudwatch:us-east-1:1:alarm:shop-a-b")', false],
])('whether the rule %s names shop-a: %s', (rule, names) => {
  expect(ruleNames(rule, 'shop-a')).toBe(names)
})

it.each([
  ['AWS/ApiGateway', '5XXError', 'Average', 'GreaterThanThreshold', 1, true],
  ['AWS/ApiGateway', '5XXError', 'Average', 'GreaterThanOrEqualToThreshold', 1, false],
  ['AWS/ApiGateway', '5XXError', 'Average', 'GreaterThanOrEqualToThreshold', 2, true],
  ['AWS/ApiGateway', '5XXError', 'Sum', 'GreaterThanThreshold', 5, false],
  ['Shop', 'Errors', 'Average', 'GreaterThanThreshold', 5, false],
  ['Shop', 'Balance', 'Sum', 'LessThanThreshold', 0, false],
  ['Shop', 'Orders', 'SampleCount', 'LessThanThreshold', 0, true],
])(
  'whether %s %s, %s %s %d, can never fire: %s',
  (namespace, name, statistic, operator, threshold, never) => {
    const why = whyNeverFires({ namespace, name, statistic, operator, threshold })
    expect(why !== undefined).toBe(never)
  },
)
