import { CfnCondition, Fn } from 'aws-cdk-lib/core'
import { BODY_VARIABLE, EXPECT_VARIABLE, URL_VARIABLE } from '../health-check/check.ts'
import { HealthCheck } from '../health-check/health-check.ts'
import { HealthCheckTarget } from '../health-check/health-check-target.ts'
import { SERVICE } from './alarm-parameters.ts'
import { TemplateStack } from './template-stack.ts'
import { isSection, mapValues, type Section, type Template, type Value } from './value.ts'

const WHAT = 'What is checked'
const REQUEST = 'The request'

const filled = (stack: TemplateStack, name: string, parameter: string): CfnCondition =>
  new CfnCondition(stack, name, {
    expression: Fn.conditionNot(Fn.conditionEquals(Fn.ref(parameter), '')),
  })

const onlyIf = (condition: string, value: Value): Value => ({
  'Fn::If': [condition, value, { Ref: 'AWS::NoValue' }],
})

/** Permissions that only some deployments need, by action. */
const OPTIONAL: Readonly<Record<string, string>> = {
  'sts:AssumeRole': 'IsElsewhere',
  'ssm:GetParameter': 'HasApiKey',
}

/** The branch of an `Fn::If` on a condition that holds. */
const whileHolds = (condition: string, value: Value | undefined): Value => {
  const choice = isSection(value) ? value['Fn::If'] : undefined
  return Array.isArray(choice) && choice[0] === condition ? (choice[1] ?? null) : (value ?? null)
}

const withOptionalParts = (value: Value): Value =>
  mapValues(value, part => {
    if (!isSection(part)) return part
    const { Action, Resource, 'Fn::Sub': text } = part
    const condition = typeof Action === 'string' ? OPTIONAL[Action] : undefined
    if (condition !== undefined && Resource !== undefined)
      return onlyIf(condition, { ...part, Resource: whileHolds(condition, Resource) })
    // The parameter's name begins with a slash.
    return typeof text === 'string'
      ? { 'Fn::Sub': text.replace(':parameter/${ApiKeyParameter}', ':parameter${ApiKeyParameter}') }
      : part
  })

const RULES: Section = {
  OneAddress: {
    Assertions: [
      {
        Assert: {
          'Fn::Or': [
            {
              'Fn::And': [
                { 'Fn::Equals': [{ Ref: 'RequestUrl' }, ''] },
                { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'ApiAccount' }, ''] }] },
              ],
            },
            {
              'Fn::And': [
                { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'RequestUrl' }, ''] }] },
                { 'Fn::Equals': [{ Ref: 'ApiAccount' }, ''] },
              ],
            },
          ],
        },
        AssertDescription:
          'Give ApiAccount, where health-check-target.template.yaml is deployed, or the RequestUrl of an API of this account.',
      },
    ],
  },
}

/** The health check, for an account that is not the API's, or for the same one. */
export const healthCheckTemplate = (): Template => {
  const stack = new TemplateStack('Makes one meaningful request a minute and counts what succeeds.')
  const service = stack.parameter(WHAT, 'Service', SERVICE).valueAsString
  const account = stack.parameter(WHAT, 'ApiAccount', {
    description:
      'The account of the API, where health-check-target.template.yaml is deployed: the address is read and checks are counted there, too. Empty: RequestUrl, in this account.',
    default: '',
    allowedPattern: '^([0-9]{12})?$',
  }).valueAsString
  const url = stack.parameter(WHAT, 'RequestUrl', {
    description: 'The address of the request where ApiAccount is empty.',
    default: '',
    allowedPattern: '^(https?://[^ "\\\\]+)?$',
  }).valueAsString
  const apiKeyParameter = stack.parameter(REQUEST, 'ApiKeyParameter', {
    description:
      'The SSM parameter (SecureString, of this account) with the API key, beginning with a slash. Empty: no key.',
    default: '',
    allowedPattern: '^(/[A-Za-z0-9_./-]+)?$',
  }).valueAsString
  const method = stack.parameter(REQUEST, 'Method', {
    description: 'Of the request.',
    default: 'POST',
    allowedValues: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'],
  }).valueAsString
  const body = stack.parameter(REQUEST, 'Body', {
    description: 'JSON that a real client could send. Empty: none.',
    default: '',
  }).valueAsString
  const expect = stack.parameter(REQUEST, 'Expect', {
    description:
      'What the answer must satisfy, as JSON: status, contains, and json with values by path and their equals, atLeast, atMost, matches or type, such as {"json":{"probability":{"atLeast":0,"atMost":1}}}.',
    default: '{"status":200}',
    allowedPattern: '^\\{.*\\}$',
  }).valueAsString

  const isElsewhere = filled(stack, 'IsElsewhere', 'ApiAccount').logicalId
  filled(stack, 'HasApiKey', 'ApiKeyParameter')
  const { roleArn, urlParameter } = HealthCheckTarget.of(stack, service, account)
  const check = new HealthCheck(stack, 'Watch', {
    service,
    api: {
      roleArn: Fn.conditionIf(isElsewhere, roleArn, '').toString(),
      urlParameter: Fn.conditionIf(isElsewhere, urlParameter, '').toString(),
    },
    request: { method, headers: { 'content-type': 'application/json' } },
    apiKeyParameter,
  })
  check.function.addEnvironment(BODY_VARIABLE, body)
  check.function.addEnvironment(EXPECT_VARIABLE, expect)
  check.function.addEnvironment(URL_VARIABLE, url)
  stack.output('Function', 'Makes the request.', check.function.functionName)
  const { Description = '', Metadata = {}, Parameters = {}, ...rest } = stack.template()
  return withOptionalParts({ Description, Metadata, Parameters, Rules: RULES, ...rest }) as Template
}
