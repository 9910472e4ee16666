import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnSubscription, type ITopic, Topic } from 'aws-cdk-lib/aws-sns'
import { CfnCondition, type CfnParameter, type CfnResource, Fn } from 'aws-cdk-lib/core'
import type { Urgency } from '../sla/burn-rates.ts'
import type { TemplateStack } from './template-stack.ts'

const GROUP = 'Who is told'

const TEXTS = {
  page: { name: 'Page', what: 'pages: somebody is woken' },
  ticket: { name: 'Ticket', what: 'tickets: somebody looks in working hours' },
} as const

const filled = (stack: TemplateStack, name: string, parameter: CfnParameter): CfnCondition =>
  new CfnCondition(stack, name, { expression: Fn.conditionNot(Fn.conditionEquals(parameter, '')) })

/** A topic of the reader's, or one of the stack's that CloudWatch may publish to, with a subscription by e-mail. */
const routeOf = (stack: TemplateStack, urgency: Urgency): ITopic => {
  const { name, what } = TEXTS[urgency]
  const arn = stack.parameter(GROUP, `${name}TopicArn`, {
    description: `The SNS topic of ${what}. Empty: one is made.`,
    default: '',
    allowedPattern: '^(arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:.+)?$',
  })
  const email = stack.parameter(GROUP, `${name}Email`, {
    description: `An address that subscribes to the topic that is made for ${what}. Empty: none.`,
    default: '',
    allowedPattern: '^([^@ ]+@[^@ ]+)?$',
  })
  const isMade = new CfnCondition(stack, `Makes${name}Topic`, { expression: Fn.conditionEquals(arn, '') })
  const topic = new Topic(stack, `${name}Topic`, { enforceSSL: true })
  topic.addToResourcePolicy(
    // A policy of one's own takes the place of the one by which an account's services may publish.
    new PolicyStatement({
      sid: 'Alarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  )
  for (const child of topic.node.findAll()) {
    if (child !== topic && 'cfnOptions' in child) (child as CfnResource).cfnOptions.condition = isMade
  }
  new CfnSubscription(stack, `${name}Subscription`, {
    protocol: 'email',
    endpoint: email.valueAsString,
    topicArn: topic.topicArn,
  }).cfnOptions.condition = new CfnCondition(stack, `Subscribes${name}Email`, {
    expression: Fn.conditionAnd(isMade, filled(stack, `Has${name}Email`, email)),
  })
  const chosen = Fn.conditionIf(isMade.logicalId, topic.topicArn, arn.valueAsString).toString()
  return Topic.fromTopicArn(stack, `${name}Route`, chosen)
}

/** Where the alarms of a template go. */
export const routesOf = (stack: TemplateStack): Readonly<Record<Urgency, ITopic>> => ({
  page: routeOf(stack, 'page'),
  ticket: routeOf(stack, 'ticket'),
})
