import { insufficientCapabilities } from '../errors.ts'
import type { Template } from './template.ts'

/** Types that need `CAPABILITY_IAM`, and the property whose presence makes that `CAPABILITY_NAMED_IAM`. */
const IAM_TYPES: ReadonlyMap<string, string | undefined> = new Map([
  ['AWS::IAM::AccessKey', undefined],
  ['AWS::IAM::Group', 'GroupName'],
  ['AWS::IAM::InstanceProfile', 'InstanceProfileName'],
  ['AWS::IAM::ManagedPolicy', 'ManagedPolicyName'],
  ['AWS::IAM::Policy', undefined],
  ['AWS::IAM::Role', 'RoleName'],
  ['AWS::IAM::User', 'UserName'],
  ['AWS::IAM::UserToGroupAddition', undefined],
])

export type RequiredCapability = 'CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM' | 'CAPABILITY_AUTO_EXPAND'

export interface RequiredCapabilities {
  readonly capabilities: readonly RequiredCapability[]
  /** In CloudFormation's words; `undefined` where none are required. */
  readonly reason: string | undefined
}

/** The capabilities that a template asks its caller to acknowledge, whatever its conditions say. */
export const requiredCapabilities = (template: Template): RequiredCapabilities => {
  const iam = [...template.resources.values()].filter(({ type }) => IAM_TYPES.has(type))
  const isNamed = iam.some(({ type, properties }) => {
    const name = IAM_TYPES.get(type)
    return name !== undefined && properties[name] !== undefined
  })
  const capabilities: RequiredCapability[] = []
  if (iam.length > 0) capabilities.push(isNamed ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM')
  if (template.transforms.length > 0) capabilities.push('CAPABILITY_AUTO_EXPAND')
  const types = [...new Set(iam.map(({ type }) => type))]
  const reasons = [
    ...(types.length > 0 ? [`The following resource(s) require capabilities: [${types.join(', ')}]`] : []),
    ...(template.transforms.length > 0
      ? [`The following transform(s) require capabilities: [${template.transforms.join(', ')}]`]
      : []),
  ]
  return { capabilities, reason: reasons.length > 0 ? reasons.join(' ') : undefined }
}

/** @throws ServiceError `InsufficientCapabilitiesException` */
export const checkCapabilities = (template: Template, given: readonly string[]): void => {
  const missing = requiredCapabilities(template).capabilities.filter(
    needed =>
      !given.includes(needed) && !(needed === 'CAPABILITY_IAM' && given.includes('CAPABILITY_NAMED_IAM')),
  )
  if (missing.length > 0) throw insufficientCapabilities(missing)
}
