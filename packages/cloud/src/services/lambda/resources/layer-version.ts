import { arn } from '../../../kernel/arn.ts'
import type { ResourceType } from '../../../kernel/resource-type.ts'
import { TemplateProperties } from '../template-properties.ts'
import { contextOf, type ResourceParts } from './parts.ts'

/** AWS::Lambda::LayerVersion */
export const layerVersionType = ({ operations }: ResourceParts): ResourceType => ({
  required: ['Content'],
  properties: [
    'CompatibleArchitectures',
    'CompatibleRuntimes',
    'Content',
    'Description',
    'LayerName',
    'LicenseInfo',
  ],
  create: async request => {
    const properties = new TemplateProperties(request.properties)
    const content = properties.object('Content')
    content.only(['S3Bucket', 'S3Key', 'S3ObjectVersion'])
    const layer = await operations.PublishLayerVersion(
      {
        LayerName: properties.text('LayerName') ?? request.logicalId,
        Description: properties.text('Description'),
        LicenseInfo: properties.text('LicenseInfo'),
        CompatibleRuntimes: properties.list('CompatibleRuntimes') as Array<'nodejs22.x'> | undefined,
        CompatibleArchitectures: properties.list('CompatibleArchitectures') as Array<'arm64'> | undefined,
        Content: {
          S3Bucket: content.text('S3Bucket'),
          S3Key: content.text('S3Key'),
          S3ObjectVersion: content.text('S3ObjectVersion'),
        },
      },
      contextOf(request.scope),
    )
    const layerVersionArn = layer.LayerVersionArn ?? arn(request.scope, 'lambda', 'layer')
    return { physicalId: layerVersionArn, attributes: { LayerVersionArn: layerVersionArn } }
  },
  delete: (scope, { physicalId }) => {
    const [, , , , , , LayerName = '', version = ''] = physicalId.split(':')
    operations.DeleteLayerVersion({ LayerName, VersionNumber: Number(version) }, contextOf(scope))
  },
})
