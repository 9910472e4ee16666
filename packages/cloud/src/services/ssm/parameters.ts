import type { ParameterTier, ParameterType, Tag } from '@aws-sdk/client-ssm'
import { notImplemented } from '@sonde/wire'
import { arn, parseArn } from '../../kernel/arn.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Collection } from '../../kernel/store.ts'
import {
  parameterAlreadyExists,
  parameterNotFound,
  patternMismatch,
  validationException,
  versionNotFound,
} from './errors.ts'

export interface ParameterVersion {
  readonly version: number
  readonly value: string
  readonly type: ParameterType
  readonly description: string | undefined
  readonly allowedPattern: string | undefined
  readonly tier: ParameterTier
  /** ms since the epoch. */
  readonly lastModified: number
  /** ARN of who put it. */
  readonly lastModifiedUser: string
}

export interface ParameterRecord {
  readonly name: string
  /** Oldest first, the current one last. */
  readonly versions: readonly ParameterVersion[]
  readonly tags: readonly Tag[]
}

export interface PutInput {
  readonly Name: string
  readonly Value: string
  readonly Type?: string | undefined
  readonly Description?: string | undefined
  readonly Overwrite?: boolean | undefined
  readonly AllowedPattern?: string | undefined
  readonly Tags?: readonly Tag[] | undefined
  readonly Tier?: string | undefined
  readonly DataType?: string | undefined
}

const NAME_LENGTH = 1011
const MAX_DEPTH = 15
/** Versions that are kept: the oldest goes when there are more. */
const MAX_VERSIONS = 100
/** Characters of a value, by tier. */
const VALUE_LENGTHS: Readonly<Record<string, number>> = { Standard: 4096, Advanced: 8192 }
const MAX_TAGS = 50
const INVALID_NAME =
  'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive). If formed as a path, it can consist of ' +
  'sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 ' +
  'symbols .-_'

/**
 * What `cdk bootstrap` puts into every account and region, with the newest version of its template. The local cloud
 * stands for a bootstrapped account, so this parameter is there although nobody put it.
 */
const BOOTSTRAP_VERSION = { name: '/cdk-bootstrap/hnb659fds/version', value: '30' } as const

const BOOTSTRAP_RECORD: ParameterRecord = {
  name: BOOTSTRAP_VERSION.name,
  versions: [
    {
      version: 1,
      value: BOOTSTRAP_VERSION.value,
      type: 'String',
      description: undefined,
      allowedPattern: undefined,
      tier: 'Standard',
      lastModified: 0,
      lastModifiedUser: '',
    },
  ],
  tags: [],
}

const checkName = (name: string): void => {
  if (!/^[a-zA-Z0-9_.\-/]+$/.test(name) || /^\/?(?:aws|ssm)/i.test(name))
    throw validationException(INVALID_NAME)
  if (name.includes('/') && !name.startsWith('/')) {
    throw validationException('Parameter name must be a fully qualified name.')
  }
  if (name.endsWith('/') || name.includes('//')) throw validationException(INVALID_NAME)
  if (name.length > NAME_LENGTH) {
    throw validationException(`The maximum length of a parameter name is ${NAME_LENGTH} characters.`)
  }
  if (name.split('/').length - 1 > MAX_DEPTH) {
    throw validationException(`Parameter hierarchy cannot be deeper than ${MAX_DEPTH} levels.`)
  }
}

const tierOf = (given: string | undefined, value: string): ParameterTier => {
  if (given !== undefined && !['Standard', 'Advanced', 'Intelligent-Tiering'].includes(given)) {
    throw validationException(
      `1 validation error detected: Value '${given}' at 'tier' failed to satisfy constraint: Member must satisfy enum ` +
        'value set: [Standard, Advanced, Intelligent-Tiering]',
    )
  }
  const standard = VALUE_LENGTHS.Standard ?? 0
  if (given === 'Intelligent-Tiering') return value.length > standard ? 'Advanced' : 'Standard'
  return given === 'Advanced' ? 'Advanced' : 'Standard'
}

const checkValue = (value: string, tier: ParameterTier): void => {
  const limit = VALUE_LENGTHS[tier] ?? 0
  if (value === '') throw validationException("Parameter value can't be empty.")
  if (value.length <= limit) return
  throw validationException(
    tier === 'Standard'
      ? `${tier} tier parameters support a maximum parameter value of ${limit} characters. To create a larger parameter ` +
          'value, upgrade the parameter to use the advanced-parameter tier. For more information, see ' +
          'https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html'
      : `${tier} tier parameters support a maximum parameter value of ${limit} characters.`,
  )
}

const checkPattern = (value: string, pattern: string | undefined): void => {
  if (pattern === undefined || pattern === '') return
  let expression: RegExp
  try {
    expression = new RegExp(pattern)
  } catch {
    throw validationException(`The pattern ${pattern} is not a valid regular expression.`)
  }
  if (!expression.test(value)) throw patternMismatch(pattern)
}

const typeOf = (given: string | undefined, previous: ParameterType | undefined): ParameterType => {
  const type = given ?? previous
  if (type === undefined)
    throw validationException('A parameter type is required when you create a parameter.')
  if (type === 'SecureString') throw notImplemented('PutParameter with Type SecureString')
  if (type !== 'String' && type !== 'StringList') {
    throw validationException(
      `1 validation error detected: Value '${type}' at 'type' failed to satisfy constraint: Member must satisfy enum value ` +
        'set: [SecureString, StringList, String]',
    )
  }
  return type
}

export const parameterArn = (scope: Scope, name: string): string =>
  arn(scope, 'ssm', `parameter${name.startsWith('/') ? '' : '/'}${name}`)

export interface ParametersDependencies {
  readonly records: Collection<ParameterRecord>
  readonly clock: Clock
}

/** The parameters of all scopes, with their versions. */
export class Parameters {
  readonly #dependencies: ParametersDependencies

  constructor(dependencies: ParametersDependencies) {
    this.#dependencies = dependencies
  }

  find(scope: Scope, name: string): ParameterRecord | undefined {
    const record = this.#dependencies.records.get(scope, name)
    return record ?? (name === BOOTSTRAP_VERSION.name ? BOOTSTRAP_RECORD : undefined)
  }

  /** @throws ServiceError `ParameterNotFound` */
  get(scope: Scope, name: string): ParameterRecord {
    const record = this.find(scope, name)
    if (!record) throw parameterNotFound(name)
    return record
  }

  /** In the order of their names. What nobody put is not listed. */
  list(scope: Scope): ParameterRecord[] {
    return this.#dependencies.records.list(scope).sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /**
   * What `Name` of a read means: a name or ARN, with `:3` for a version.
   *
   * @throws ServiceError `ParameterNotFound`, `ParameterVersionNotFound`; 501 for labels
   */
  read(
    scope: Scope,
    reference: string,
  ): { record: ParameterRecord; version: ParameterVersion; selector?: string } {
    const name = this.#nameOf(scope, reference)
    const colon = name.lastIndexOf(':')
    if (colon < 0) {
      const record = this.get(scope, name)
      return { record, version: current(record) }
    }
    const selector = name.slice(colon)
    const record = this.get(scope, name.slice(0, colon))
    if (!/^:\d+$/.test(selector))
      throw notImplemented(`A label in GetParameter and GetParameters (${reference})`)
    const version = record.versions.find(item => item.version === Number(selector.slice(1)))
    if (!version) throw versionNotFound(record.name, selector.slice(1))
    return { record, version, selector }
  }

  /** @throws ServiceError `ParameterAlreadyExists`, `ValidationException`, `ParameterPatternMismatchException` */
  put(scope: Scope, input: PutInput, user: string): ParameterVersion {
    const { Name, Value } = input
    checkName(Name)
    if (input.DataType !== undefined && input.DataType !== 'text') {
      throw notImplemented(`PutParameter with DataType ${input.DataType}`)
    }
    const tags = [...(input.Tags ?? [])]
    if (tags.length > MAX_TAGS) throw validationException(`A parameter can have at most ${MAX_TAGS} tags.`)
    if (tags.length > 0 && input.Overwrite) {
      throw validationException(
        "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove " +
          'overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or ' +
          'RemoveTagsFromResource.',
      )
    }
    const present = this.#dependencies.records.get(scope, Name)
    if (present && !input.Overwrite) throw parameterAlreadyExists()
    const previous = present && current(present)
    const type = typeOf(input.Type, previous?.type)
    const tier = tierOf(input.Tier ?? previous?.tier, Value)
    const pattern = input.AllowedPattern ?? previous?.allowedPattern
    checkValue(Value, tier)
    checkPattern(Value, pattern)
    const version: ParameterVersion = {
      version: (previous?.version ?? 0) + 1,
      value: Value,
      type,
      description: input.Description ?? previous?.description,
      allowedPattern: pattern,
      tier,
      lastModified: this.#dependencies.clock.now(),
      lastModifiedUser: user,
    }
    this.#dependencies.records.put(scope, Name, {
      name: Name,
      versions: [...(present?.versions ?? []), version].slice(-MAX_VERSIONS),
      tags: present?.tags ?? tags,
    })
    return version
  }

  /** Whether there was one. */
  delete(scope: Scope, name: string): boolean {
    return this.#dependencies.records.delete(scope, name)
  }

  /** @throws ServiceError `ParameterNotFound` */
  setTags(scope: Scope, name: string, tags: readonly Tag[]): void {
    if (tags.length > MAX_TAGS) throw validationException(`A parameter can have at most ${MAX_TAGS} tags.`)
    this.#dependencies.records.put(scope, name, { ...this.get(scope, name), tags })
  }

  #nameOf(scope: Scope, reference: string): string {
    const parsed = parseArn(reference)
    if (!parsed) return reference
    const prefix = parameterArn(scope, '/')
    if (!reference.startsWith(prefix)) throw parameterNotFound(reference)
    const name = reference.slice(prefix.length)
    // The ARN of `a` and that of `/a` are the same.
    const plain = name.split(':')[0] ?? ''
    return this.#dependencies.records.get(scope, plain) ? name : `/${name}`
  }
}

export const current = (record: ParameterRecord): ParameterVersion => {
  const version = record.versions.at(-1)
  if (!version) throw new TypeError(`the parameter ${record.name} has no version`)
  return version
}
