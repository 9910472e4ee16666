import { delimiter, join } from 'node:path'
import type { Credentials } from '../../../kernel/ports.ts'
import type { FunctionPlan } from './plan.ts'

/** What differs between two environments of one function. */
export interface EnvironmentFacts {
  /** `127.0.0.1:<port>` of the environment's Runtime API. */
  readonly runtimeApi: string
  readonly logStream: string
  readonly credentials: Credentials
  /** The local cloud's endpoint. */
  readonly endpoint: string
  /** `host:port` of the X-Ray daemon. */
  readonly daemonAddress: string
  /** A folder in the place of /tmp. */
  readonly temporaryFolder: string
  readonly runtimeFolder: string
  /** The file descriptor of the log pipe. */
  readonly logDescriptor: number
  /** The PATH on which this machine's programs are found. */
  readonly path: string
}

/**
 * The whole environment of a function's process: Lambda's own variables, then the function's. Nothing of the caller's
 * environment but the PATH. Beside Lambda's there are AWS_ENDPOINT_URL, which leads the SDK to the local cloud, and
 * TMPDIR, because /tmp is the machine's.
 */
export const environmentVariables = (
  plan: FunctionPlan,
  facts: EnvironmentFacts,
  runtimeVariables: Readonly<Record<string, string>>,
): Record<string, string> => {
  const { daemonAddress, credentials } = facts
  const colon = daemonAddress.lastIndexOf(':')
  const layers = plan.layersFolder
  const logging: Record<string, string> = {}
  if (plan.logFormat === 'JSON') {
    logging.AWS_LAMBDA_LOG_FORMAT = 'JSON'
    if (plan.applicationLogLevel !== undefined) logging.AWS_LAMBDA_LOG_LEVEL = plan.applicationLogLevel
  }
  return {
    // Defaults, which the function may set otherwise.
    AWS_ENDPOINT_URL: facts.endpoint,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: daemonAddress,
    LANG: 'en_US.UTF-8',
    PATH: layers === undefined ? facts.path : `${facts.path}${delimiter}${join(layers, 'bin')}`,
    TMPDIR: facts.temporaryFolder,
    TZ: ':UTC',
    ...(layers === undefined ? {} : { LD_LIBRARY_PATH: join(layers, 'lib') }),
    ...runtimeVariables,
    ...plan.variables,
    // What Lambda reserves.
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_REGION: plan.scope.region,
    AWS_DEFAULT_REGION: plan.scope.region,
    AWS_LAMBDA_FUNCTION_NAME: plan.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: plan.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(plan.memorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: plan.initializationType,
    AWS_LAMBDA_LOG_GROUP_NAME: plan.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: facts.logStream,
    AWS_LAMBDA_RUNTIME_API: facts.runtimeApi,
    _AWS_XRAY_DAEMON_ADDRESS: daemonAddress.slice(0, colon),
    _AWS_XRAY_DAEMON_PORT: daemonAddress.slice(colon + 1),
    _HANDLER: plan.handler,
    _LAMBDA_TELEMETRY_LOG_FD: String(facts.logDescriptor),
    LAMBDA_TASK_ROOT: plan.codeFolder,
    LAMBDA_RUNTIME_DIR: facts.runtimeFolder,
    PWD: plan.codeFolder,
    SHLVL: '0',
    // Lambda sets it for its managed runtimes only.
    ...(plan.runtime.startsWith('provided') ? {} : { AWS_EXECUTION_ENV: `AWS_Lambda_${plan.runtime}` }),
    ...logging,
  }
}
