import { arn, parseArn } from '../../kernel/arn.ts'
import { RequestCheck } from '../../kernel/request-check.ts'
import type { Scope } from '../../kernel/scope.ts'
import { BUS_NAME_PATTERN, NAME_PATTERN } from './limits.ts'

export const DEFAULT_BUS = 'default'

/** A bus of some account. */
export interface BusAt {
  readonly scope: Scope
  readonly name: string
}

const BUS_RESOURCE = 'event-bus/'

/** The bus that a name in a scope, or an ARN, leads to; the default bus where nothing is given. */
export const busAt = (scope: Scope, nameOrArn: string = DEFAULT_BUS): BusAt => {
  const parsed = parseArn(nameOrArn)
  const isBus = parsed?.service === 'events' && parsed.resource.startsWith(BUS_RESOURCE)
  const at = isBus
    ? {
        scope: { account: parsed.account, region: parsed.region },
        name: parsed.resource.slice(BUS_RESOURCE.length),
      }
    : { scope, name: nameOrArn }
  const check = new RequestCheck()
  check.text('eventBusName', at.name, { min: 1, max: 256, pattern: BUS_NAME_PATTERN })
  check.report()
  return at
}

export const busArn = ({ scope, name }: BusAt): string => arn(scope, 'events', `${BUS_RESOURCE}${name}`)

/** Rules of the default bus do not name it. */
export const ruleArn = (scope: Scope, bus: string, name: string): string =>
  arn(scope, 'events', bus === DEFAULT_BUS ? `rule/${name}` : `rule/${bus}/${name}`)

/** @throws ServiceError `ValidationException` */
export const checkRuleName = (name: string | undefined): void => {
  const check = new RequestCheck()
  check.text('name', name, { min: 1, max: 64, pattern: NAME_PATTERN })
  check.report()
}
