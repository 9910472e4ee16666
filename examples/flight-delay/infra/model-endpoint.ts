import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets'
import { type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnEndpoint, CfnEndpointConfig, CfnModel } from 'aws-cdk-lib/aws-sagemaker'
import { ArnFormat, Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'

/** How Sonde runs the container on this machine; AWS does not look at it. */
const LOCAL_CONTAINER = { command: ['node', 'server.ts'], directory: 'model' }

export interface ModelEndpointProps {
  /** The folder of the container's Dockerfile. */
  readonly directory: string
  /** The folder of the built tracer, which the image copies. */
  readonly tracer: string
  readonly instanceType: string
}

/** A model in a container of our own, behind a SageMaker real-time endpoint with one variant. */
export class ModelEndpoint extends Construct {
  readonly endpoint: CfnEndpoint

  constructor(scope: Construct, id: string, { directory, tracer, instanceType }: ModelEndpointProps) {
    super(scope, id)
    const image = new DockerImageAsset(this, 'Image', {
      directory,
      platform: Platform.LINUX_AMD64,
      buildContexts: { tracer },
      // The path differs between machines; what is in it is part of no other hash than the layer's.
      invalidation: { buildContexts: false },
    })
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

    const model = new CfnModel(this, 'Model', {
      executionRoleArn: role.roleArn,
      primaryContainer: { image: image.imageUri },
    })
    model.addMetadata('sonde:container', LOCAL_CONTAINER)
    // SageMaker checks that the role can pull the image when the model is made.
    model.node.addDependency(role)

    // No names: what changes is replaced, and two deployments do not get in each other's way.
    const config = new CfnEndpointConfig(this, 'Config', {
      productionVariants: [
        {
          variantName: 'AllTraffic',
          modelName: model.attrModelName,
          initialInstanceCount: 1,
          initialVariantWeight: 1,
          instanceType,
        },
      ],
    })
    this.endpoint = new CfnEndpoint(this, 'Endpoint', { endpointConfigName: config.attrEndpointConfigName })
  }

  get name(): string {
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
