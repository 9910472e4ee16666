import type { ResourceState, ResourceType } from '../../../kernel/resource-type.ts'
import type { Iam } from '../iam.ts'
import { parsePolicyDocument } from '../policy-document.ts'
import type { RoleRecord } from '../records.ts'
import { checkDescription, checkSessionDuration, createRole, ROLE_NAME_LENGTH } from '../roles.ts'
import { checkTags } from '../tags.ts'
import {
  documentText,
  inlinePolicies,
  optionalNumber,
  optionalText,
  tagList,
  textList,
} from './properties.ts'

const stateOf = (role: RoleRecord): ResourceState => ({
  physicalId: role.name,
  attributes: { Arn: role.arn, RoleId: role.id },
})

/** `AWS::IAM::Role`. A change of name or path replaces it. */
export const roleResource = ({ roles, clock }: Iam): ResourceType => {
  const setPolicies = (
    account: string,
    name: string,
    properties: Readonly<Record<string, unknown>>,
  ): void => {
    for (const [policyName, document] of Object.entries(inlinePolicies(properties))) {
      roles.putInline(account, name, policyName, document)
    }
    for (const arn of textList(properties, 'ManagedPolicyArns')) roles.attach(account, name, arn)
  }

  return {
    required: ['AssumeRolePolicyDocument'],
    properties: [
      'AssumeRolePolicyDocument',
      'Description',
      'ManagedPolicyArns',
      'MaxSessionDuration',
      'Path',
      'PermissionsBoundary',
      'Policies',
      'RoleName',
      'Tags',
    ],
    create: ({ scope, properties, generateName }) => {
      const role = createRole(roles, clock, scope, {
        RoleName: optionalText(properties, 'RoleName') ?? generateName(ROLE_NAME_LENGTH),
        Path: optionalText(properties, 'Path'),
        AssumeRolePolicyDocument: documentText(properties.AssumeRolePolicyDocument),
        Description: optionalText(properties, 'Description'),
        MaxSessionDuration: optionalNumber(properties, 'MaxSessionDuration'),
        PermissionsBoundary: optionalText(properties, 'PermissionsBoundary'),
        Tags: tagList(properties),
      })
      try {
        setPolicies(scope.account, role.name, properties)
      } catch (error) {
        roles.remove(scope.account, role.name)
        throw error
      }
      return stateOf(role)
    },
    update: ({ scope: { account }, properties }, previous) => {
      const before = previous.properties
      if (properties.RoleName !== before.RoleName || properties.Path !== before.Path) return 'replace'
      const name = previous.physicalId
      const document = documentText(properties.AssumeRolePolicyDocument)
      const description = optionalText(properties, 'Description')
      const duration = optionalNumber(properties, 'MaxSessionDuration')
      parsePolicyDocument(document, 'trust')
      checkDescription(description)
      checkSessionDuration(duration)
      const { inline, attached } = roles.get(account, name)
      const goneNames = Object.keys(inlinePolicies(before))
      const goneArns = textList(before, 'ManagedPolicyArns')
      const role = roles.change(account, name, {
        assumeRolePolicyDocument: document,
        description,
        maxSessionDuration: duration ?? 3_600,
        permissionsBoundary: optionalText(properties, 'PermissionsBoundary'),
        tags: checkTags(tagList(properties)),
        // What others attached to it stays.
        inline: Object.fromEntries(Object.entries(inline).filter(([policy]) => !goneNames.includes(policy))),
        attached: attached.filter(arn => !goneArns.includes(arn)),
      })
      setPolicies(account, name, properties)
      return stateOf(role)
    },
    delete: ({ account }, { physicalId }) => roles.remove(account, physicalId),
  }
}
