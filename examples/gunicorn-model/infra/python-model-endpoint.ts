import { dirname } from 'node:path'
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets'
import { type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnEndpoint, CfnEndpointConfig, CfnModel } from 'aws-cdk-lib/aws-sagemaker'
import { ArnFormat, IgnoreMode, Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'

const EXAMPLES = dirname(dirname(import.meta.dirname))

/** How Sonde runs the container on this machine; AWS does not look at it. */
const LOCAL_CONTAINER = {
  command: ['python3', 'serve.py'],
  directory: 'model',
  environment: {
    // The image has a copy.
    MODEL_FILE: '../../flight-delay/model/model.onnx',
    // In a container on AWS no daemon runs: without this variable segments go to the X-Ray API.
  },
}

export interface PythonModelEndpointProps {
  readonly instanceType: string
}

/** The traced model server in a container of our own, behind a SageMaker real-time endpoint with one variant. */
export class PythonModelEndpoint extends Construct {
  readonly endpoint: CfnEndpoint

  constructor(scope: Construct, id: string, { instanceType }: PythonModelEndpointProps) {
    super(scope, id)
    const image = new DockerImageAsset(this, 'Image', {
      directory: EXAMPLES,
      file: 'gunicorn-model/model/Dockerfile',
      platform: Platform.LINUX_AMD64,
      // The server here and flight-delay's model: nothing else of the examples is in the image.
      ignoreMode: IgnoreMode.DOCKER,
      exclude: [
        '**',
        '!gunicorn-model/model/Dockerfile',
        '!gunicorn-model/model/requirements.txt',
        '!gunicorn-model/model/*.py',
        'gunicorn-model/model/*_test.py',
        '!flight-delay/model/model.onnx',
      ],
    })
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') })
    image.repository.grantPull(role)
    for (const statement of this.#statements()) role.addToPolicy(statement)

    const model = new CfnModel(this, 'Model', {
      executionRoleArn: role.roleArn,
      primaryContainer: {
        image: image.imageUri,
        environment: { AWS_DEFAULT_REGION: Stack.of(this).region },
      },
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

  /** What the container does: logs and metrics, as all do, and its segments. */
  #statements(): PolicyStatement[] {
    return [
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
      new PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringLike: { 'cloudwatch:namespace': ['AWS/SageMaker', '/aws/sagemaker/*'] } },
      }),
      new PolicyStatement({ actions: ['xray:PutTraceSegments'], resources: ['*'] }),
    ]
  }
}
