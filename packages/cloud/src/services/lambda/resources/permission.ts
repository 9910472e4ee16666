import type { ResourceType } from '../../../kernel/resource-type.ts'
import { TemplateProperties } from '../template-properties.ts'
import { contextOf, ignoreGone, type ResourceParts } from './parts.ts'

/** AWS::Lambda::Permission */
export const permissionType = ({ operations }: ResourceParts): ResourceType => ({
  required: ['Action', 'FunctionName', 'Principal'],
  properties: ['Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn'],
  create: request => {
    const properties = new TemplateProperties(request.properties)
    const statementId = request.generateName(100)
    operations.AddPermission(
      {
        StatementId: statementId,
        FunctionName: properties.text('FunctionName') ?? '',
        Action: properties.text('Action') ?? '',
        Principal: properties.text('Principal') ?? '',
        SourceAccount: properties.text('SourceAccount'),
        SourceArn: properties.text('SourceArn'),
      },
      contextOf(request.scope),
    )
    return { physicalId: statementId, attributes: { Id: statementId } }
  },
  delete: (scope, { physicalId }, properties) =>
    ignoreGone(() => {
      const name = new TemplateProperties(properties).text('FunctionName') ?? ''
      operations.RemovePermission({ FunctionName: name, StatementId: physicalId }, contextOf(scope))
    }),
})
