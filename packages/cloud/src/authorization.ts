import { type Handlers, ServiceError } from '@sonde/wire'
import { arn } from './kernel/arn.ts'
import type { RequestContext } from './kernel/context.ts'
import type { ConditionKeys } from './kernel/policy/context.ts'
import type { Authorizer, DenialOptions, Identity } from './kernel/ports.ts'
import { partitionOf, type Scope } from './kernel/scope.ts'

type Input = Readonly<Record<string, unknown>>

/** Which policy question an operation asks. */
interface Question {
  /** Default: the service's prefix and the operation's name. */
  readonly action?: string
  readonly resource: (input: Input, scope: Scope) => string
  /** Condition keys of the service's own. */
  readonly context?: (input: Input) => ConditionKeys
}

interface ServiceRules {
  readonly prefix: string
  readonly denial: DenialOptions
  /** Of operations that are not in the list: `*` where the service knows no resources, or no question at all. */
  readonly others?: Question
  readonly operations: Readonly<Record<string, Question>>
}

const JSON_DENIAL: DenialOptions = { code: 'AccessDeniedException', status: 400 }
const REST_DENIAL: DenialOptions = { code: 'AccessDeniedException', status: 403 }
const S3_DENIAL: DenialOptions = { code: 'AccessDenied', status: 403 }

const anything: Question = { resource: () => '*' }
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const logGroup: Question = {
  resource: (input, scope) => arn(scope, 'logs', `log-group:${text(input.logGroupName)}`),
}
const parameter: Question = {
  resource: (input, scope) => arn(scope, 'ssm', `parameter/${text(input.Name).replace(/^\//, '')}`),
}
const object = (action: string): Question => ({
  action,
  resource: (input, scope) =>
    `arn:${partitionOf(scope.region)}:s3:::${text(input.Bucket)}/${text(input.Key)}`,
})

const functionArn = (name: string, scope: Scope): string =>
  name.startsWith('arn:') ? name.split(':').slice(0, 7).join(':') : arn(scope, 'lambda', `function:${name}`)

/**
 * API Gateway's own API is asked about as what it is: a verb on a path. `{name}` is a member of the input.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-examples.html
 */
const onPath = (verb: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string): Question => ({
  action: `apigateway:${verb}`,
  resource: (input, { region }) =>
    `arn:${partitionOf(region)}:apigateway:${region}::${path.replace(/\{(\w+)\}/g, (_all, member: string) => text(input[member]))}`,
})

/**
 * What the policies of a role are asked before an operation runs: the calls that functions of the reference architecture
 * make. Operations that are not here are not asked about.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const RULES: Readonly<Record<string, ServiceRules>> = {
  apigateway: {
    prefix: 'apigateway',
    denial: REST_DENIAL,
    operations: {
      CreateApiKey: onPath('POST', '/apikeys'),
      GetApiKey: onPath('GET', '/apikeys/{apiKey}'),
      GetApiKeys: onPath('GET', '/apikeys'),
      UpdateApiKey: onPath('PATCH', '/apikeys/{apiKey}'),
      DeleteApiKey: onPath('DELETE', '/apikeys/{apiKey}'),
      ImportApiKeys: onPath('POST', '/apikeys'),
      CreateUsagePlan: onPath('POST', '/usageplans'),
      GetUsagePlan: onPath('GET', '/usageplans/{usagePlanId}'),
      GetUsagePlans: onPath('GET', '/usageplans'),
      UpdateUsagePlan: onPath('PATCH', '/usageplans/{usagePlanId}'),
      DeleteUsagePlan: onPath('DELETE', '/usageplans/{usagePlanId}'),
      CreateUsagePlanKey: onPath('POST', '/usageplans/{usagePlanId}/keys'),
      GetUsagePlanKey: onPath('GET', '/usageplans/{usagePlanId}/keys/{keyId}'),
      GetUsagePlanKeys: onPath('GET', '/usageplans/{usagePlanId}/keys'),
      DeleteUsagePlanKey: onPath('DELETE', '/usageplans/{usagePlanId}/keys/{keyId}'),
      GetUsage: onPath('GET', '/usageplans/{usagePlanId}/usage'),
      UpdateUsage: onPath('PATCH', '/usageplans/{usagePlanId}/keys/{keyId}/usage'),
    },
  },
  cloudwatch: {
    prefix: 'cloudwatch',
    denial: { ...JSON_DENIAL, status: 403 },
    operations: {
      PutMetricData: {
        ...anything,
        context: ({ Namespace }) => ({ 'cloudwatch:namespace': text(Namespace) }),
      },
    },
  },
  lambda: {
    prefix: 'lambda',
    denial: REST_DENIAL,
    operations: {
      Invoke: {
        action: 'lambda:InvokeFunction',
        resource: (input, scope) => functionArn(text(input.FunctionName), scope),
      },
    },
  },
  logs: {
    prefix: 'logs',
    denial: JSON_DENIAL,
    operations: { CreateLogGroup: logGroup, CreateLogStream: logGroup, PutLogEvents: logGroup },
  },
  s3: {
    prefix: 's3',
    denial: S3_DENIAL,
    operations: {
      GetObject: object('s3:GetObject'),
      HeadObject: object('s3:GetObject'),
      PutObject: object('s3:PutObject'),
      DeleteObject: object('s3:DeleteObject'),
    },
  },
  'sagemaker-runtime': {
    prefix: 'sagemaker',
    denial: REST_DENIAL,
    operations: {
      InvokeEndpoint: {
        resource: (input, scope) =>
          arn(scope, 'sagemaker', `endpoint/${text(input.EndpointName).toLowerCase()}`),
      },
    },
  },
  ssm: {
    prefix: 'ssm',
    denial: JSON_DENIAL,
    operations: { GetParameter: parameter, PutParameter: parameter },
  },
  xray: { prefix: 'xray', denial: REST_DENIAL, others: anything, operations: {} },
}

/** Policies are asked about sessions of roles: what functions call with. Keys of users and roots may do everything. */
const isSession = ({ arn: identityArn }: Identity): boolean => identityArn.includes(':assumed-role/')

type Handler = (input: never, context: RequestContext) => unknown

/** The handlers of an API, each behind the question that its operation asks of the caller's policies. */
export const authorized = (
  api: string,
  handlers: Handlers<RequestContext>,
  authorizer: Authorizer,
): Handlers<RequestContext> => {
  const rules = RULES[api]
  if (!rules) return handlers
  const guard = (operation: string, handler: Handler): Handler => {
    const question = rules.operations[operation] ?? rules.others
    if (!question) return handler
    const action = question.action ?? `${rules.prefix}:${operation}`
    return (input, context) => {
      if (isSession(context.identity)) {
        authorizer.require(
          context.identity.arn,
          action,
          question.resource(input, context.scope),
          rules.denial,
          { 'aws:RequestedRegion': context.scope.region, ...question.context?.(input) },
        )
      }
      return handler(input, context)
    }
  }
  return Object.fromEntries(
    Object.entries(handlers).map(([operation, handler]) => [operation, handler && guard(operation, handler)]),
  )
}

/** The tables that a DynamoDB request names, in whichever member its operation has. */
const tablesOf = (document: Input): string[] => {
  if (typeof document.TableName === 'string') return [document.TableName]
  const { RequestItems } = document
  return typeof RequestItems === 'object' && RequestItems !== null ? Object.keys(RequestItems) : []
}

/** Why a session may not make a DynamoDB request, or `undefined`. A body that cannot be read is DynamoDB's to refuse. */
export const dynamoDbDenial = (
  identity: Identity,
  scope: Scope,
  operation: string,
  body: Buffer,
  authorizer: Authorizer,
): ServiceError | undefined => {
  if (!isSession(identity)) return undefined
  let document: Input
  try {
    document = JSON.parse(body.toString('utf8')) as Input
  } catch {
    return undefined
  }
  try {
    for (const name of tablesOf(document)) {
      const table = name.startsWith('arn:') ? name : arn(scope, 'dynamodb', `table/${name}`)
      authorizer.require(identity.arn, `dynamodb:${operation}`, table, JSON_DENIAL, {
        'aws:RequestedRegion': scope.region,
      })
    }
  } catch (error) {
    if (error instanceof ServiceError) return error
    throw error
  }
  return undefined
}
