import type * as Sdk from '@aws-sdk/client-lambda'
import { notImplemented } from '@sonde/wire'
import { checkDeadLetterTarget, type Outlets } from './destinations.ts'
import { constraintViolation, invalidParameter } from './errors.ts'
import {
  DEFAULT_EPHEMERAL_STORAGE,
  DEFAULT_MEMORY,
  DEFAULT_TIMEOUT,
  MAXIMUM_DESCRIPTION,
  MAXIMUM_ENVIRONMENT_BYTES,
  MAXIMUM_EPHEMERAL_STORAGE,
  MAXIMUM_HANDLER,
  MAXIMUM_LAYERS,
  MAXIMUM_MEMORY,
  MAXIMUM_TIMEOUT,
  MINIMUM_MEMORY,
} from './limits.ts'
import type { FunctionSettings, LoggingSettings } from './records.ts'
import { DEPRECATED_RUNTIMES, KNOWN_RUNTIMES, SUPPORTED_RUNTIMES } from './runtime/runtimes.ts'

/** The members that CreateFunction and UpdateFunctionConfiguration share. */
export type ConfigurationInput = Omit<
  Sdk.UpdateFunctionConfigurationCommandInput,
  'FunctionName' | 'RevisionId'
>

const ROLE = /^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/
const VARIABLE_NAME = /^[a-zA-Z]([a-zA-Z0-9_])+$/
const LAYER_ARN = /^arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+$/
const LOG_GROUP = /^[.\-_/#A-Za-z0-9]{1,512}$/
const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const RESERVED_VARIABLES = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
])
/** Variables that steer parts of Lambda's runtime which ours has not. */
const UNSUPPORTED_VARIABLES = ['AWS_LAMBDA_EXEC_WRAPPER']

const checkRange = (value: number, member: string, minimum: number, maximum: number): number => {
  if (value < minimum) {
    throw constraintViolation(value, member, `Member must have value greater than or equal to ${minimum}`)
  }
  if (value > maximum) {
    throw constraintViolation(value, member, `Member must have value less than or equal to ${maximum}`)
  }
  return value
}

const checkLength = (value: string, member: string, maximum: number): string => {
  if (value.length > maximum) {
    throw constraintViolation(value, member, `Member must have length less than or equal to ${maximum}`)
  }
  return value
}

const oneOf = <T extends string>(value: string, member: string, values: readonly T[]): T => {
  const found = values.find(candidate => candidate === value)
  if (found === undefined) {
    throw constraintViolation(value, member, `Member must satisfy enum value set: [${values.join(', ')}]`)
  }
  return found
}

/** Configurations that we cannot give: they are refused by name instead of being ignored. */
const refuseUnsupported = (input: ConfigurationInput): void => {
  const refused: ReadonlyArray<readonly [name: string, isSet: boolean]> = [
    ['VpcConfig', Boolean(input.VpcConfig?.SubnetIds?.length || input.VpcConfig?.SecurityGroupIds?.length)],
    ['KMSKeyArn', Boolean(input.KMSKeyArn)],
    ['FileSystemConfigs', Boolean(input.FileSystemConfigs?.length)],
    ['ImageConfig', Object.keys(input.ImageConfig ?? {}).length > 0],
    ['SnapStart', (input.SnapStart?.ApplyOn ?? 'None') !== 'None'],
    ['CapacityProviderConfig', input.CapacityProviderConfig !== undefined],
    ['DurableConfig', input.DurableConfig !== undefined],
  ]
  const found = refused.find(([, isSet]) => isSet)
  if (found) throw notImplemented(`Lambda's ${found[0]}`)
}

const checkRuntime = (runtime: string): string => {
  if (SUPPORTED_RUNTIMES.includes(runtime)) return runtime
  if (DEPRECATED_RUNTIMES.includes(runtime)) {
    throw invalidParameter(
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
    )
  }
  if (KNOWN_RUNTIMES.includes(runtime)) {
    throw invalidParameter(
      `Sonde cannot run ${runtime} on this machine. It runs: ${SUPPORTED_RUNTIMES.join(', ')}.`,
    )
  }
  throw invalidParameter(
    `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${KNOWN_RUNTIMES.join(', ')}] or be a valid ARN`,
  )
}

const checkVariables = (variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  const names = Object.keys(variables)
  const unsupported = names.find(name => UNSUPPORTED_VARIABLES.includes(name))
  if (unsupported) throw notImplemented(`Lambda's environment variable ${unsupported}`)
  const reserved = names.filter(name => RESERVED_VARIABLES.has(name))
  if (reserved.length > 0) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    )
  }
  const illFormed = names.find(name => !VARIABLE_NAME.test(name))
  if (illFormed !== undefined) {
    throw constraintViolation(
      `{${names.map(name => `${name}=${variables[name]}`).join(', ')}}`,
      'environment.variables',
      'Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]',
    )
  }
  if (Buffer.byteLength(names.map(name => name + variables[name]).join('')) > MAXIMUM_ENVIRONMENT_BYTES) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${JSON.stringify(variables)}`,
    )
  }
  return variables
}

const checkLogging = (
  functionName: string,
  previous: LoggingSettings | undefined,
  input: Sdk.LoggingConfig | undefined,
): LoggingSettings => {
  const group = input?.LogGroup ?? previous?.LogGroup ?? `/aws/lambda/${functionName}`
  if (!LOG_GROUP.test(group)) {
    throw constraintViolation(
      group,
      'loggingConfig.logGroup',
      'Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+',
    )
  }
  const format = oneOf(input?.LogFormat ?? previous?.LogFormat ?? 'Text', 'loggingConfig.logFormat', [
    'JSON',
    'Text',
  ])
  if (format === 'Text') {
    if (input?.ApplicationLogLevel || input?.SystemLogLevel) {
      throw invalidParameter('To configure log levels, set the log format to JSON.')
    }
    return { LogFormat: format, LogGroup: group }
  }
  const applicationLevel = input?.ApplicationLogLevel ?? previous?.ApplicationLogLevel ?? 'INFO'
  const systemLevel = input?.SystemLogLevel ?? previous?.SystemLogLevel ?? 'INFO'
  if (systemLevel !== 'INFO') throw notImplemented(`Lambda's SystemLogLevel ${systemLevel}`)
  return {
    LogFormat: format,
    LogGroup: group,
    ApplicationLogLevel: oneOf(applicationLevel, 'loggingConfig.applicationLogLevel', LOG_LEVELS),
    SystemLogLevel: systemLevel,
  }
}

const checkLayers = (layers: readonly string[]): readonly string[] => {
  if (layers.length > MAXIMUM_LAYERS) {
    throw invalidParameter(`Cannot reference more than ${MAXIMUM_LAYERS} layers.`)
  }
  const illFormed = layers.find(layer => !LAYER_ARN.test(layer))
  if (illFormed !== undefined) {
    throw constraintViolation(
      `[${layers.join(', ')}]`,
      'layers',
      'Member must satisfy constraint: [Member must satisfy regular expression pattern: arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+]',
    )
  }
  const bases = layers.map(layer => layer.slice(0, layer.lastIndexOf(':')))
  if (new Set(bases).size < bases.length) {
    throw invalidParameter(
      'Two different versions of the same layer are not allowed to be referenced in the same function.',
    )
  }
  return layers
}

/**
 * The settings that a request asks for, over those that the function had.
 *
 * @throws ServiceError `ValidationException`, `InvalidParameterValueException`, or `NotImplemented` naming the member
 */
export const applyConfiguration = (
  functionName: string,
  previous: FunctionSettings | undefined,
  input: ConfigurationInput,
  outlets: Outlets,
): FunctionSettings => {
  refuseUnsupported(input)
  const role = input.Role ?? previous?.role ?? ''
  if (!ROLE.test(role)) {
    throw constraintViolation(
      role,
      'role',
      'Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+',
    )
  }
  const runtime = input.Runtime ?? previous?.runtime
  if (runtime === undefined) {
    throw invalidParameter('Runtime is mandatory for functions created with deployment packages.')
  }
  const handler = input.Handler ?? previous?.handler
  if (handler === undefined) {
    throw invalidParameter('Handler is mandatory for functions created with deployment packages.')
  }
  if (/\s/.test(handler)) {
    throw constraintViolation(handler, 'handler', 'Member must satisfy regular expression pattern: [^\\s]+')
  }
  const deadLetterTarget = input.DeadLetterConfig
    ? input.DeadLetterConfig.TargetArn || undefined
    : previous?.deadLetterTarget
  const variables = input.Environment ? (input.Environment.Variables ?? {}) : previous?.variables
  return {
    runtime: checkRuntime(runtime),
    handler: checkLength(handler, 'handler', MAXIMUM_HANDLER),
    role,
    description: checkLength(
      input.Description ?? previous?.description ?? '',
      'description',
      MAXIMUM_DESCRIPTION,
    ),
    timeout: checkRange(input.Timeout ?? previous?.timeout ?? DEFAULT_TIMEOUT, 'timeout', 1, MAXIMUM_TIMEOUT),
    memorySize: checkRange(
      input.MemorySize ?? previous?.memorySize ?? DEFAULT_MEMORY,
      'memorySize',
      MINIMUM_MEMORY,
      MAXIMUM_MEMORY,
    ),
    ...(variables ? { variables: checkVariables(variables) } : {}),
    tracingMode: oneOf(
      input.TracingConfig?.Mode ?? previous?.tracingMode ?? 'PassThrough',
      'tracingConfig.mode',
      ['Active', 'PassThrough'],
    ),
    // The machine's disk sets no such bound: each size is granted, none is enforced.
    ephemeralStorage: checkRange(
      input.EphemeralStorage?.Size ?? previous?.ephemeralStorage ?? DEFAULT_EPHEMERAL_STORAGE,
      'ephemeralStorage.size',
      DEFAULT_EPHEMERAL_STORAGE,
      MAXIMUM_EPHEMERAL_STORAGE,
    ),
    layers: checkLayers(input.Layers ?? previous?.layers ?? []),
    logging: checkLogging(functionName, previous?.logging, input.LoggingConfig),
    ...(deadLetterTarget === undefined
      ? {}
      : {
          deadLetterTarget:
            deadLetterTarget === previous?.deadLetterTarget
              ? deadLetterTarget
              : checkDeadLetterTarget(deadLetterTarget, role, outlets),
        }),
  }
}

/** @throws ServiceError where it is neither `x86_64` nor `arm64` */
export const checkArchitecture = (
  architectures: readonly string[] | undefined,
  previous: 'x86_64' | 'arm64' = 'x86_64',
): 'x86_64' | 'arm64' => {
  // Recorded and reported; code runs on whatever this machine is, and native modules for another say so themselves.
  const [architecture] = architectures ?? []
  return architecture === undefined ? previous : oneOf(architecture, 'architectures', ['x86_64', 'arm64'])
}
