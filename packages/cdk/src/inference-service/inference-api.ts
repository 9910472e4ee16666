import {
  AccessLogField,
  AccessLogFormat,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { RemovalPolicy } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { acknowledge } from '../acknowledge.ts'

export interface InferenceApiProps {
  /** Also the name of its metrics. */
  readonly apiName: string
  readonly handler: IFunction
  /** Such as `/predictions`. */
  readonly path: string
  /** Such as `POST`. */
  readonly method: string
  /** Whether a request needs the key of a usage plan. Default false. */
  readonly apiKeyRequired?: boolean
  readonly stageName?: string
  readonly description?: string
}

/** One line a request, in JSON: what happened, how long it took where, and which trace has the rest. */
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    time: AccessLogField.contextRequestTimeEpoch(),
    requestId: AccessLogField.contextRequestId(),
    traceId: AccessLogField.contextXrayTraceId(),
    method: AccessLogField.contextHttpMethod(),
    path: AccessLogField.contextResourcePath(),
    status: AccessLogField.contextStatus(),
    latency: AccessLogField.contextResponseLatency(),
    integrationLatency: AccessLogField.contextIntegrationLatency(),
    error: AccessLogField.contextErrorMessage(),
    apiKeyId: AccessLogField.contextIdentityApiKeyId(),
  }),
)

/** The API in front of the function: traced, measured by method, with access and execution logs. */
export class InferenceApi extends Construct {
  readonly api: RestApi
  readonly url: string

  constructor(scope: Construct, id: string, props: InferenceApiProps) {
    super(scope, id)
    const { apiName, handler, path, method, apiKeyRequired = false, stageName = 'prod', description } = props
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    this.api = new RestApi(this, 'Api', {
      restApiName: apiName,
      ...(description !== undefined && { description }),
      endpointTypes: [EndpointType.REGIONAL],
      // API Gateway writes no execution log before the account has named a role for it.
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
      deployOptions: {
        stageName,
        tracingEnabled: true,
        metricsEnabled: true,
        // INFO writes a dozen lines a request.
        loggingLevel: MethodLoggingLevel.ERROR,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat: ACCESS_LOG,
      },
    })
    this.api.root.resourceForPath(path).addMethod(method, new LambdaIntegration(handler), { apiKeyRequired })
    acknowledge(
      this,
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      'AwsSolutions-APIG2',
      'AwsSolutions-APIG3',
      'AwsSolutions-APIG4',
      'AwsSolutions-COG4',
    )
    this.url = this.api.urlForPath(path)
  }
}
