import type { ResourceType } from '../../../kernel/resource-type.ts'
import { validationError } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { documentText, optionalText, textList } from './properties.ts'

type Properties = Readonly<Record<string, unknown>>
const ID_LENGTH = 128

/** `AWS::IAM::Policy`: an inline policy of roles and users. Groups are not supported. */
export const policyResource = ({ roles, users }: Iam): ResourceType => {
  const nameOf = (properties: Properties): string => optionalText(properties, 'PolicyName') ?? ''

  const put = (account: string, properties: Properties): void => {
    const document = documentText(properties.PolicyDocument)
    const roleNames = textList(properties, 'Roles')
    const userNames = textList(properties, 'Users')
    if (roleNames.length + userNames.length === 0) {
      throw validationError('At least one of [Groups,Roles,Users] must be non-empty.')
    }
    // All must exist before one is changed.
    for (const name of roleNames) roles.get(account, name)
    for (const name of userNames) users.get(account, name)
    for (const name of roleNames) roles.putInline(account, name, nameOf(properties), document)
    for (const name of userNames) users.putInline(account, name, nameOf(properties), document)
  }

  const remove = (account: string, properties: Properties, kept?: Properties): void => {
    const policy = nameOf(properties)
    const stays = (list: 'Roles' | 'Users', name: string): boolean =>
      kept !== undefined && nameOf(kept) === policy && textList(kept, list).includes(name)
    for (const name of textList(properties, 'Roles')) {
      if (stays('Roles', name) || !roles.find(account, name)?.inline[policy]) continue
      roles.deleteInline(account, name, policy)
    }
    for (const name of textList(properties, 'Users')) {
      if (stays('Users', name) || !users.find(account, name)?.inline[policy]) continue
      users.deleteInline(account, name, policy)
    }
  }

  return {
    required: ['PolicyName', 'PolicyDocument'],
    properties: ['PolicyName', 'PolicyDocument', 'Roles', 'Users'],
    create: ({ scope, properties, generateName }) => {
      put(scope.account, properties)
      const physicalId = generateName(ID_LENGTH)
      return { physicalId, attributes: { Id: physicalId } }
    },
    update: ({ scope, properties }, previous) => {
      put(scope.account, properties)
      remove(scope.account, previous.properties, properties)
      return { physicalId: previous.physicalId, attributes: previous.attributes }
    },
    delete: (scope, _state, properties) => remove(scope.account, properties),
  }
}
