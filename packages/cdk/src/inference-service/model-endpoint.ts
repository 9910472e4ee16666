import { DockerImageAsset, type DockerImageAssetProps, Platform } from 'aws-cdk-lib/aws-ecr-assets'
import { type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnEndpoint, CfnEndpointConfig, CfnModel } from 'aws-cdk-lib/aws-sagemaker'
import { ArnFormat, Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { acknowledge } from '../acknowledge.ts'

export interface ModelEndpointProps {
  /** What the container's image is built from. */
  readonly image: Omit<DockerImageAssetProps, 'platform'>
  /** How Sonde runs the container on this machine; AWS does not look at it. */
  readonly local: {
    readonly command: readonly string[]
    readonly directory: string
    readonly environment?: Readonly<Record<string, string>>
  }
  /** Of the container, here and on AWS. */
  readonly environment?: Readonly<Record<string, string>>
  /** What the container may do besides writing its logs and metrics. */
  readonly statements?: readonly PolicyStatement[]
  /** Such as `ml.c7i.large`. */
  readonly instanceType: string
  /** Default 1. */
  readonly instanceCount?: number
}

/** A model in a container of our own, behind a SageMaker real-time endpoint with one variant. */
export class ModelEndpoint extends Construct {
  readonly endpoint: CfnEndpoint
  readonly variantName = 'AllTraffic'
  readonly instanceType: string

  constructor(scope: Construct, id: string, props: ModelEndpointProps) {
    super(scope, id)
    const { local, environment, statements = [], instanceType, instanceCount = 1 } = props
    this.instanceType = instanceType
    const image = new DockerImageAsset(this, 'Image', { ...props.image, platform: Platform.LINUX_AMD64 })
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') })
    image.repository.grantPull(role)
    role.addToPolicy(
      new PolicyStatement({
        actions: [
          'logs:CreateLogGroup',
          'logs:CreateLogStream',
          'logs:DescribeLogStreams',
          'logs:PutLogEvents',
        ],
        resources: [
          Stack.of(this).formatArn({
            service: 'logs',
            resource: 'log-group',
            resourceName: '/aws/sagemaker/Endpoints/*',
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        ],
      }),
    )
    role.addToPolicy(
      new PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringLike: { 'cloudwatch:namespace': ['AWS/SageMaker', '/aws/sagemaker/*'] } },
      }),
    )
    for (const statement of statements) role.addToPolicy(statement)

    acknowledge(
      this,
      'AwsSolutions-IAM5[Resource::*]',
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/sagemaker/Endpoints/*]',
    )
    const model = new CfnModel(this, 'Model', {
      executionRoleArn: role.roleArn,
      primaryContainer: { image: image.imageUri, ...(environment && { environment }) },
    })
    model.addMetadata('sonde:container', local)
    // SageMaker checks that the role can pull the image when the model is made.
    model.node.addDependency(role)

    // No names: what changes is replaced, and two deployments do not get in each other's way.
    const config = new CfnEndpointConfig(this, 'Config', {
      productionVariants: [
        {
          variantName: this.variantName,
          modelName: model.attrModelName,
          initialInstanceCount: instanceCount,
          initialVariantWeight: 1,
          instanceType,
        },
      ],
    })
    this.endpoint = new CfnEndpoint(this, 'Endpoint', { endpointConfigName: config.attrEndpointConfigName })
  }

  get endpointName(): string {
    return this.endpoint.attrEndpointName
  }

  /** Allows `sagemaker:InvokeEndpoint` on this endpoint alone. */
  grantInvoke(grantee: IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      // Ref of an endpoint is its ARN.
      new PolicyStatement({ actions: ['sagemaker:InvokeEndpoint'], resources: [this.endpoint.ref] }),
    )
  }
}
