import { HealthCheckTarget } from '../health-check/health-check-target.ts'
import { SERVICE } from './alarm-parameters.ts'
import { TemplateStack } from './template-stack.ts'
import type { Template } from './value.ts'

const GROUP = 'What is checked, and by whom'

/** Where the health check of another account finds the API and counts: for the account of the API. */
export const healthCheckTargetTemplate = (): Template => {
  const stack = new TemplateStack('Lets the health check of another account find this API, and count here.')
  new HealthCheckTarget(stack, 'Watch', {
    service: stack.parameter(GROUP, 'Service', SERVICE).valueAsString,
    url: stack.parameter(GROUP, 'RequestUrl', {
      description:
        'The address of the request that is made, such as https://….execute-api.eu-west-1.amazonaws.com/prod/predictions.',
      allowedPattern: '^https?://[^ "\\\\]+$',
    }).valueAsString,
    account: stack.parameter(GROUP, 'HealthCheckAccount', {
      description: 'The account that checks: 12 digits.',
      allowedPattern: '^[0-9]{12}$',
    }).valueAsString,
  })
  return stack.template()
}
