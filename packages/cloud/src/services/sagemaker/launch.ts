import { ServiceError } from '@sonde/wire'
import type { ObjectReader } from '../../kernel/ports.ts'
import type { Scope } from '../../kernel/scope.ts'
import { CONTAINER_KEY, containerDirectory } from './local-container.ts'
import { fetchModelData, ModelDataError, modelDataOf } from './model-data.ts'
import { type ContainerLaunch, StartFailure } from './model-process.ts'
import type { VariantLaunch } from './records.ts'

export interface LaunchDependencies {
  readonly objects: ObjectReader
  readonly appDirectory: string | undefined
  /** `host:port` of a scope's X-Ray daemon: a container on this machine reaches it, on AWS it would bring its own. */
  readonly daemonAddress: (scope: Scope) => string | Promise<string>
  /** Where extracted model data is kept. */
  readonly modelDataFolder: () => string
}

const noCommand = (modelName: string): StartFailure =>
  new StartFailure(
    `Model "${modelName}" does not say how to run its container on this machine. Add to its AWS::SageMaker::Model ` +
      `the Metadata {"${CONTAINER_KEY}": {"command": ["node", "server.ts"], "directory": "model"}}, or give CreateModel ` +
      `a tag "${CONTAINER_KEY}" with that JSON as its value (docs/local-models.md)`,
  )

/**
 * Resolves how a variant's containers are started: folder, model data, environment.
 *
 * @throws StartFailure saying what to change
 */
export const resolveLaunch = async (
  { objects, appDirectory, daemonAddress, modelDataFolder }: LaunchDependencies,
  scope: Scope,
  launch: VariantLaunch,
): Promise<ContainerLaunch> => {
  const { container, local } = launch
  if (!local) throw noCommand(launch.modelName)
  try {
    const directory = containerDirectory(appDirectory, local)
    const data = modelDataOf(container)
    const base = data && (await fetchModelData(objects, scope, data, modelDataFolder()))
    return {
      command: local.command,
      directory,
      environment: {
        AWS_XRAY_DAEMON_ADDRESS: await daemonAddress(scope),
        ...container.Environment,
        ...(base !== undefined && { SAGEMAKER_BASE_DIR: base }),
        ...local.environment,
      },
    }
  } catch (error) {
    if (error instanceof ServiceError || error instanceof ModelDataError)
      throw new StartFailure(error.message)
    throw error
  }
}
