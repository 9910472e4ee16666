import type { ResourceState, ResourceType } from '../../../kernel/resource-type.ts'
import type { Iam } from '../iam.ts'
import { POLICY_NAME_LENGTH } from '../policies.ts'
import type { PolicyRecord } from '../records.ts'
import { documentText, optionalText, tagList, textList } from './properties.ts'

type Properties = Readonly<Record<string, unknown>>

const stateOf = (policy: PolicyRecord): ResourceState => ({
  physicalId: policy.arn,
  attributes: {
    PolicyArn: policy.arn,
    PolicyId: policy.id,
    DefaultVersionId: policy.defaultVersionId,
  },
})

/** Changing one of these replaces the policy. */
const IDENTITY = ['ManagedPolicyName', 'Path', 'Description', 'Tags'] as const

/** `AWS::IAM::ManagedPolicy`. Groups are not supported. */
export const managedPolicyResource = ({ policies, roles, users }: Iam): ResourceType => {
  const holders = (properties: Properties) => [
    ...textList(properties, 'Roles').map(name => ({ principals: roles, name })),
    ...textList(properties, 'Users').map(name => ({ principals: users, name })),
  ]

  const attach = (account: string, arn: string, properties: Properties): void => {
    for (const { principals, name } of holders(properties)) principals.attach(account, name, arn)
  }

  const detach = (account: string, arn: string, properties: Properties): void => {
    for (const { principals, name } of holders(properties)) {
      if (principals.find(account, name)?.attached.includes(arn)) principals.detach(account, name, arn)
    }
  }

  return {
    required: ['PolicyDocument'],
    properties: [...IDENTITY, 'PolicyDocument', 'Roles', 'Users'],
    create: ({ scope, properties, generateName }) => {
      const policy = policies.create(scope, {
        PolicyName: optionalText(properties, 'ManagedPolicyName') ?? generateName(POLICY_NAME_LENGTH),
        Path: optionalText(properties, 'Path'),
        Description: optionalText(properties, 'Description'),
        PolicyDocument: documentText(properties.PolicyDocument),
        Tags: tagList(properties),
      })
      try {
        attach(scope.account, policy.arn, properties)
      } catch (error) {
        detach(scope.account, policy.arn, properties)
        policies.remove(scope.account, policy.arn)
        throw error
      }
      return stateOf(policy)
    },
    update: ({ scope: { account }, properties }, previous) => {
      const changed = (name: string): boolean =>
        JSON.stringify(properties[name]) !== JSON.stringify(previous.properties[name])
      if (IDENTITY.some(changed)) return 'replace'
      const arn = previous.physicalId
      if (changed('PolicyDocument')) {
        const policy = policies.get(account, arn)
        // The oldest makes room, as CloudFormation does it.
        const oldest = policy.versions.filter(({ id }) => id !== policy.defaultVersionId).at(-1)
        if (policy.versions.length >= 5 && oldest) policies.deleteVersion(account, arn, oldest.id)
        policies.createVersion(account, arn, documentText(properties.PolicyDocument), true)
      }
      detach(account, arn, previous.properties)
      attach(account, arn, properties)
      return stateOf(policies.get(account, arn))
    },
    delete: ({ account }, { physicalId }, properties) => {
      if (!policies.find(account, physicalId)) return
      detach(account, physicalId, properties)
      policies.remove(account, physicalId)
    },
  }
}
