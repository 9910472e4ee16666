import { createHash } from 'node:crypto'
import type { Clock } from '../../kernel/clock.ts'
import { uuid } from '../../kernel/ids.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Collection, Store } from '../../kernel/store.ts'
import { conflict, functionNotFound, invalidParameter, notFound, preconditionFailed } from './errors.ts'
import { type FunctionReference, functionArn, LATEST } from './names.ts'
import type {
  AliasRecord,
  EventInvokeRecord,
  FunctionRecord,
  FunctionSettings,
  LayerRecord,
  PolicyRecord,
  ProvisionedRecord,
  VersionRecord,
} from './records.ts'

/** A function with the version that a qualifier means. */
export interface ResolvedFunction {
  readonly scope: Scope
  readonly record: FunctionRecord
  readonly version: VersionRecord
  /** The alias that led to the version. */
  readonly alias: AliasRecord | undefined
}

/** `<function>:<qualifier>`: the key of what belongs to one version or alias. */
export const qualifiedKey = (name: string, qualifier: string): string => `${name}:${qualifier}`

const SETTINGS: ReadonlyArray<keyof FunctionSettings | 'codeHash' | 'architecture'> = [
  'runtime',
  'handler',
  'role',
  'description',
  'timeout',
  'memorySize',
  'variables',
  'tracingMode',
  'ephemeralStorage',
  'layers',
  'logging',
  'deadLetterTarget',
  'codeHash',
  'architecture',
]

/** Equal exactly for equal code and configuration. */
const contentHashOf = (version: VersionRecord): string =>
  createHash('sha256')
    .update(JSON.stringify(SETTINGS.map(name => version[name] ?? null)))
    .digest('base64')

/** Code and configuration, before they have become a revision. */
export type VersionContent = Omit<VersionRecord, 'version' | 'revisionId' | 'lastModified' | 'contentHash'>

/** The code of a version, without its configuration. */
export const codeOf = ({ functionName, architecture, codeHash, codeSize }: VersionRecord) => ({
  functionName,
  architecture,
  codeHash,
  codeSize,
})

/** The functions of all scopes, with their versions, aliases, policies and settings. */
export class Catalogue {
  readonly functions: Collection<FunctionRecord>
  readonly versions: Collection<VersionRecord>
  readonly aliases: Collection<AliasRecord>
  readonly policies: Collection<PolicyRecord>
  readonly eventInvokes: Collection<EventInvokeRecord>
  /** Change them with {@link putProvisioned} and {@link deleteProvisioned}. */
  readonly provisioned: Collection<ProvisionedRecord>
  readonly layers: Collection<LayerRecord>
  /** The last version number of each layer: numbers are never used twice. */
  readonly layerCounters: Collection<number>
  readonly #clock: Clock
  readonly #onChange: (scope: Scope, functionName: string) => void

  /** @param onChange called after each change that an invocation may have to see */
  constructor(store: Store, clock: Clock, onChange: (scope: Scope, functionName: string) => void) {
    this.functions = store.collection('lambda.functions')
    this.versions = store.collection('lambda.versions')
    this.aliases = store.collection('lambda.aliases')
    this.policies = store.collection('lambda.policies')
    this.eventInvokes = store.collection('lambda.event-invoke-configs')
    this.provisioned = store.collection('lambda.provisioned-concurrency')
    this.layers = store.collection('lambda.layers')
    this.layerCounters = store.collection('lambda.layer-counters')
    this.#clock = clock
    this.#onChange = onChange
  }

  /** Now, as Lambda writes times: `2024-01-01T00:00:00.000+0000`. */
  timestamp(): string {
    return new Date(this.#clock.now()).toISOString().replace('Z', '+0000')
  }

  /** @throws ServiceError `ResourceNotFoundException` */
  require({ scope, name, qualifier }: FunctionReference): FunctionRecord {
    const record = this.functions.get(scope, name)
    if (!record) throw functionNotFound(functionArn(scope, name, qualifier))
    return record
  }

  /** @throws ServiceError `ResourceNotFoundException` */
  resolve(reference: FunctionReference): ResolvedFunction {
    const { scope, name, qualifier } = reference
    const record = this.require(reference)
    if (qualifier === undefined || qualifier === LATEST) {
      return { scope, record, version: record.latest, alias: undefined }
    }
    const alias = this.aliases.get(scope, qualifiedKey(name, qualifier))
    const number = alias?.version ?? qualifier
    const version = number === LATEST ? record.latest : this.versions.get(scope, qualifiedKey(name, number))
    if (!version) throw functionNotFound(functionArn(scope, name, qualifier))
    return { scope, record, version, alias }
  }

  /** Published versions, oldest first. */
  publishedVersions(scope: Scope, name: string): VersionRecord[] {
    return this.versions.list(scope).filter(version => version.functionName === name)
  }

  /** @throws ServiceError `ResourceConflictException` */
  create(scope: Scope, content: VersionContent, tags: Readonly<Record<string, string>>): FunctionRecord {
    if (this.functions.get(scope, content.functionName)) {
      throw conflict(`Function already exist: ${content.functionName}`)
    }
    const record: FunctionRecord = {
      latest: { ...content, version: LATEST, revisionId: uuid(), lastModified: this.timestamp() },
      nextVersion: 1,
      tags,
    }
    this.#put(scope, record)
    return record
  }

  /**
   * Gives $LATEST new code or configuration.
   *
   * @throws ServiceError `PreconditionFailedException` where `revisionId` is not the present one
   */
  update(
    reference: FunctionReference,
    content: VersionContent,
    revisionId: string | undefined,
  ): FunctionRecord {
    const record = this.require(reference)
    checkRevision(record.latest.revisionId, revisionId)
    const latest = { ...content, version: LATEST, revisionId: uuid(), lastModified: this.timestamp() }
    const updated = { ...record, latest }
    this.#put(reference.scope, updated)
    return updated
  }

  /** Replaces what belongs to all versions: tags or concurrency. */
  replace(scope: Scope, record: FunctionRecord): void {
    this.#put(scope, record)
  }

  /**
   * Freezes $LATEST under the next number; where nothing has changed since the last version, returns that one.
   *
   * @throws ServiceError `InvalidParameterValueException`, `PreconditionFailedException`
   */
  publish(
    reference: FunctionReference,
    options: { readonly description?: string; readonly codeSha256?: string; readonly revisionId?: string },
    codeSha256: (hash: string) => string,
  ): VersionRecord {
    const record = this.require(reference)
    const { latest } = record
    checkRevision(latest.revisionId, options.revisionId)
    if (options.codeSha256 !== undefined && options.codeSha256 !== codeSha256(latest.codeHash)) {
      throw invalidParameter(
        `CodeSHA256 (${options.codeSha256}) is different from current CodeSHA256 in $LATEST (${codeSha256(latest.codeHash)}). Please try again with the CodeSHA256 in $LATEST.`,
      )
    }
    const contentHash = contentHashOf(latest)
    const last = this.publishedVersions(reference.scope, reference.name).at(-1)
    if (last?.contentHash === contentHash) return last
    const published: VersionRecord = {
      ...latest,
      description: options.description ?? latest.description,
      version: String(record.nextVersion),
      revisionId: uuid(),
      lastModified: this.timestamp(),
      contentHash,
    }
    this.versions.put(reference.scope, qualifiedKey(reference.name, published.version), published)
    this.#put(reference.scope, { ...record, nextVersion: record.nextVersion + 1 })
    return published
  }

  /** Deletes the function with all that belongs to it. */
  delete(reference: FunctionReference): void {
    const { scope, name } = reference
    this.require(reference)
    this.functions.delete(scope, name)
    for (const version of this.publishedVersions(scope, name)) {
      this.versions.delete(scope, qualifiedKey(name, version.version))
    }
    for (const alias of this.aliases.list(scope)) {
      if (alias.functionName === name) this.aliases.delete(scope, qualifiedKey(name, alias.name))
    }
    for (const { scope: owner, key } of [
      ...this.policies.entries(),
      ...this.eventInvokes.entries(),
      ...this.provisioned.entries(),
    ]) {
      const isHere = owner.account === scope.account && owner.region === scope.region
      if (isHere && (key === name || key.startsWith(`${name}:`))) this.#deleteSettings(scope, key)
    }
    this.#onChange(scope, name)
  }

  /** @throws ServiceError `InvalidParameterValueException` for $LATEST, `ResourceConflictException` for an alias's version */
  deleteVersion(reference: FunctionReference, version: string): void {
    const { scope, name } = reference
    this.require(reference)
    if (version === LATEST) {
      throw invalidParameter('$LATEST version cannot be deleted without deleting the function.')
    }
    const alias = this.aliases
      .list(scope)
      .find(item => item.functionName === name && item.version === version)
    if (alias) throw conflict(`Cannot delete version ${version}: alias ${alias.name} points to it.`)
    // What is gone already is no error, as on AWS.
    this.versions.delete(scope, qualifiedKey(name, version))
    this.#deleteSettings(scope, qualifiedKey(name, version))
    this.#onChange(scope, name)
  }

  /** @throws ServiceError `ResourceNotFoundException` */
  requireAlias(scope: Scope, name: string, alias: string): AliasRecord {
    const record = this.aliases.get(scope, qualifiedKey(name, alias))
    if (!record) throw notFound(`Cannot find alias arn: ${functionArn(scope, name, alias)}`)
    return record
  }

  putAlias(scope: Scope, alias: AliasRecord): void {
    this.aliases.put(scope, qualifiedKey(alias.functionName, alias.name), alias)
    this.#onChange(scope, alias.functionName)
  }

  deleteAlias(scope: Scope, name: string, alias: string): void {
    this.aliases.delete(scope, qualifiedKey(name, alias))
    this.#deleteSettings(scope, qualifiedKey(name, alias))
    this.#onChange(scope, name)
  }

  putProvisioned(scope: Scope, record: ProvisionedRecord): void {
    this.provisioned.put(scope, qualifiedKey(record.functionName, record.qualifier), record)
    this.#onChange(scope, record.functionName)
  }

  deleteProvisioned(scope: Scope, name: string, qualifier: string): void {
    if (this.provisioned.delete(scope, qualifiedKey(name, qualifier))) this.#onChange(scope, name)
  }

  policy(scope: Scope, name: string, qualifier: string | undefined): PolicyRecord | undefined {
    return this.policies.get(scope, qualifier === undefined ? name : qualifiedKey(name, qualifier))
  }

  /** An empty policy is none. */
  putPolicy(scope: Scope, name: string, qualifier: string | undefined, policy: PolicyRecord): void {
    const key = qualifier === undefined ? name : qualifiedKey(name, qualifier)
    if (policy.statements.length === 0) this.policies.delete(scope, key)
    else this.policies.put(scope, key, policy)
    this.#onChange(scope, name)
  }

  /** Hashes of all packages that something refers to. */
  usedPackages(): Set<string> {
    const used = new Set<string>()
    for (const { value } of this.functions.entries()) used.add(value.latest.codeHash)
    for (const { value } of this.versions.entries()) used.add(value.codeHash)
    for (const { value } of this.layers.entries()) used.add(value.codeHash)
    return used
  }

  /** What belongs to one version or alias, or to the function. */
  #deleteSettings(scope: Scope, key: string): void {
    this.policies.delete(scope, key)
    this.eventInvokes.delete(scope, key)
    this.provisioned.delete(scope, key)
  }

  #put(scope: Scope, record: FunctionRecord): void {
    this.functions.put(scope, record.latest.functionName, record)
    this.#onChange(scope, record.latest.functionName)
  }
}

/** @throws ServiceError `PreconditionFailedException` */
export const checkRevision = (present: string, given: string | undefined): void => {
  if (given !== undefined && given !== present) throw preconditionFailed()
}
