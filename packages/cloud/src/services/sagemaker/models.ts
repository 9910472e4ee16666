import type { ContainerDefinition, CreateModelInput, Tag } from '@aws-sdk/client-sagemaker'
import { notImplemented, ServiceError } from '@sonde/wire'
import type { Clock } from '../../kernel/clock.ts'
import type { Scope } from '../../kernel/scope.ts'
import { Constraints, refuseUnsupported } from './constraints.ts'
import { alreadyExists, couldNotFind, validationException } from './errors.ts'
import {
  CONTAINER_KEY,
  containerDirectory,
  type LocalContainer,
  parseLocalContainerTag,
} from './local-container.ts'
import { ModelDataError, modelDataOf } from './model-data.ts'
import { modelArn, nameKey } from './names.ts'
import type { HostingState, ModelRecord } from './records.ts'
import { checkTags } from './tags.ts'

const MODEL_MEMBERS = [
  'ModelName',
  'PrimaryContainer',
  'Containers',
  'ExecutionRoleArn',
  'Tags',
  'EnableNetworkIsolation',
]
/** `Image`, `ImageConfig` and `ContainerHostname` are recorded: no image is run here. */
const CONTAINER_MEMBERS = [
  'Image',
  'ImageConfig',
  'ContainerHostname',
  'Mode',
  'ModelDataUrl',
  'ModelDataSource',
  'Environment',
]
const DATA_SOURCE_MEMBERS = ['S3DataSource']
const S3_SOURCE_MEMBERS = ['S3Uri', 'S3DataType', 'CompressionType', 'ModelAccessConfig']

/** ContainerDefinition's Environment: entries, and characters of a key and of a value. */
const MAX_VARIABLES = 100
const VARIABLE_LENGTH = 1024

const checkContainer = (container: ContainerDefinition): void => {
  refuseUnsupported('CreateModel with PrimaryContainer.', container, CONTAINER_MEMBERS)
  const constraints = new Constraints()
  constraints.oneOf('primaryContainer.mode', container.Mode, ['SingleModel', 'MultiModel'])
  const variables = Object.entries(container.Environment ?? {})
  constraints.length('primaryContainer.environment', variables.length, 0, MAX_VARIABLES)
  for (const [key, value] of variables) {
    constraints.length(`primaryContainer.environment.${key}`, value, 0, VARIABLE_LENGTH)
  }
  constraints.check()
  const badName = variables.find(([key]) => !/^[a-zA-Z_][a-zA-Z0-9_]{0,1023}$/.test(key))?.[0]
  if (badName !== undefined) {
    throw validationException(
      `1 validation error detected: Value '${badName}' at 'primaryContainer.environment' failed to satisfy constraint: ` +
        'Map keys must satisfy regular expression pattern: [a-zA-Z_][a-zA-Z0-9_]*',
    )
  }
  if (container.Mode === 'MultiModel') throw notImplemented('CreateModel with Mode MultiModel')
  if (container.ModelDataUrl && container.ModelDataSource) {
    throw validationException('Only one of ModelDataUrl and ModelDataSource can be set.')
  }
  const source = container.ModelDataSource
  if (source) {
    refuseUnsupported('CreateModel with ModelDataSource.', source, DATA_SOURCE_MEMBERS)
    refuseUnsupported(
      'CreateModel with ModelDataSource.S3DataSource.',
      source.S3DataSource ?? {},
      S3_SOURCE_MEMBERS,
    )
    const { S3DataType: type, CompressionType: compression } = source.S3DataSource ?? {}
    if (type === 'S3Prefix' && compression === 'Gzip') {
      throw notImplemented('CreateModel with CompressionType Gzip of an S3Prefix')
    }
  }
  try {
    modelDataOf(container)
  } catch (error) {
    throw error instanceof ModelDataError
      ? validationException(`Invalid model data: ${error.message}`)
      : error
  }
}

const onlyContainer = (input: CreateModelInput): ContainerDefinition => {
  const containers = input.Containers ?? []
  if (input.PrimaryContainer && containers.length > 0) {
    throw validationException('Specify either PrimaryContainer or Containers, not both.')
  }
  if (containers.length > 1) throw notImplemented('CreateModel with more than one of Containers')
  const container = input.PrimaryContainer ?? containers[0]
  if (!container) throw validationException('One of PrimaryContainer or Containers must be specified.')
  return container
}

export interface ModelsDependencies {
  readonly state: HostingState
  readonly clock: Clock
  readonly appDirectory: string | undefined
}

/** The models of all scopes. */
export class Models {
  readonly #dependencies: ModelsDependencies

  constructor(dependencies: ModelsDependencies) {
    this.#dependencies = dependencies
  }

  /** @throws ServiceError `Could not find model "…".` */
  get(scope: Scope, name: string): ModelRecord {
    const record = this.#records.get(scope, nameKey(name))
    if (!record) throw couldNotFind('model', modelArn(scope, name))
    return record
  }

  has(scope: Scope, name: string): boolean {
    return this.#records.get(scope, nameKey(name)) !== undefined
  }

  list(scope: Scope): ModelRecord[] {
    return this.#records.list(scope)
  }

  /**
   * @param local how to run it, where the caller knows; else the tag `sonde:container` may say it
   * @throws ServiceError `ValidationException`, 501 `NotImplemented`
   */
  create(scope: Scope, input: CreateModelInput, local?: LocalContainer): ModelRecord {
    refuseUnsupported('CreateModel with ', input, MODEL_MEMBERS)
    if (input.EnableNetworkIsolation) throw notImplemented('CreateModel with EnableNetworkIsolation')
    const constraints = new Constraints()
    constraints.name('modelName', input.ModelName)
    constraints.check()
    const container = onlyContainer(input)
    checkContainer(container)
    const tags = checkTags(input.Tags)
    const command = this.#localContainer(tags, local)
    const name = input.ModelName ?? ''
    if (this.#records.get(scope, nameKey(name))) throw alreadyExists('model', modelArn(scope, name))
    const record: ModelRecord = {
      name,
      creationTime: this.#dependencies.clock.now(),
      executionRoleArn: input.ExecutionRoleArn,
      container,
      givenAsList: input.PrimaryContainer === undefined,
      local: command,
      tags,
    }
    this.#records.put(scope, nameKey(name), record)
    return record
  }

  delete(scope: Scope, name: string): void {
    this.get(scope, name)
    this.#records.delete(scope, nameKey(name))
  }

  setTags(scope: Scope, name: string, tags: readonly Tag[]): void {
    this.#records.put(scope, nameKey(name), { ...this.get(scope, name), tags })
  }

  get #records() {
    return this.#dependencies.state.models
  }

  #localContainer(tags: readonly Tag[], given: LocalContainer | undefined): LocalContainer | undefined {
    const tag = tags.find(({ Key }) => Key === CONTAINER_KEY)
    if (tag && given) {
      throw new ServiceError(
        'ValidationException',
        `${CONTAINER_KEY} is given both as Metadata and as a tag.`,
      )
    }
    const local = given ?? (tag && parseLocalContainerTag(tag.Value ?? ''))
    // Said now, where it is written, rather than when an endpoint starts.
    if (local) containerDirectory(this.#dependencies.appDirectory, local)
    return local
  }
}
