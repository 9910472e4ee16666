import type { Tag } from '@aws-sdk/client-iam'
import { globalArn } from '../../kernel/arn.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Collection } from '../../kernel/store.ts'
import { deleteConflict, entityAlreadyExists, limitExceeded, noSuchEntity } from './errors.ts'
import { checkName, checkPath, globalScope, uniqueId } from './names.ts'
import { parsePolicyDocument } from './policy-document.ts'
import type { Principals } from './principals.ts'
import type { PolicyRecord, PolicyVersionRecord, RoleRecord, UserRecord } from './records.ts'
import { checkTags } from './tags.ts'

export const POLICY_NAME_LENGTH = 128
/** Of one managed policy. */
const MAX_VERSIONS = 5

export interface PolicyInput {
  readonly PolicyName: string
  readonly Path?: string | undefined
  readonly PolicyDocument: string
  readonly Description?: string | undefined
  readonly Tags?: readonly Tag[] | undefined
}

export interface PoliciesDependencies {
  readonly records: Collection<PolicyRecord>
  readonly roles: Principals<RoleRecord>
  readonly users: Principals<UserRecord>
  readonly clock: Clock
}

/** Customer-managed policies and their versions. */
export class Policies {
  readonly #dependencies: PoliciesDependencies

  constructor(dependencies: PoliciesDependencies) {
    this.#dependencies = dependencies
  }

  find(account: string, arn: string): PolicyRecord | undefined {
    return this.#dependencies.records.get(globalScope(account), arn)
  }

  /** @throws ServiceError `NoSuchEntity` */
  get(account: string, arn: string): PolicyRecord {
    const record = this.find(account, arn)
    if (record) return record
    throw noSuchEntity(`Policy ${arn} was not found.`)
  }

  list(account: string): PolicyRecord[] {
    return this.#dependencies.records.list(globalScope(account))
  }

  /** How many roles and users it is attached to. */
  attachments(account: string, arn: string): number {
    const { roles, users } = this.#dependencies
    return [...roles.list(account), ...users.list(account)].filter(({ attached }) => attached.includes(arn))
      .length
  }

  create(scope: Scope, input: PolicyInput): PolicyRecord {
    const { PolicyName, PolicyDocument } = input
    checkName('policyName', PolicyName, POLICY_NAME_LENGTH)
    const path = checkPath(input.Path)
    parsePolicyDocument(PolicyDocument, 'identity')
    const arn = globalArn(scope, 'iam', `policy${path}${PolicyName}`)
    const taken = this.list(scope.account).some(({ name }) => name.toLowerCase() === PolicyName.toLowerCase())
    if (taken) {
      throw entityAlreadyExists(
        `A policy called ${PolicyName} already exists. Duplicate names are not allowed.`,
      )
    }
    const now = this.#dependencies.clock.now()
    const record: PolicyRecord = {
      name: PolicyName,
      path,
      arn,
      id: uniqueId('ANPA'),
      description: input.Description,
      createDate: now,
      updateDate: now,
      defaultVersionId: 'v1',
      versionsMade: 1,
      versions: [{ id: 'v1', document: PolicyDocument, createDate: now }],
      tags: checkTags(input.Tags),
    }
    this.#put(scope.account, record)
    return record
  }

  /** @throws ServiceError `DeleteConflict` while it is attached, or has versions besides the default one */
  delete(account: string, arn: string): void {
    const record = this.get(account, arn)
    if (this.attachments(account, arn) > 0)
      throw deleteConflict('Cannot delete a policy attached to entities.')
    if (record.versions.length > 1) {
      throw deleteConflict(
        'This policy has more than one version. Before you delete a policy, you must delete ' +
          "the policy's versions. The default version is deleted with the policy.",
      )
    }
    this.remove(account, arn)
  }

  /** Without a look at its versions. */
  remove(account: string, arn: string): void {
    this.#dependencies.records.delete(globalScope(account), arn)
  }

  version(account: string, arn: string, versionId: string): PolicyVersionRecord {
    const version = this.get(account, arn).versions.find(({ id }) => id === versionId)
    if (!version)
      throw noSuchEntity(`Policy ${arn} version ${versionId} does not exist or is not attachable.`)
    return version
  }

  createVersion(account: string, arn: string, document: string, asDefault: boolean): PolicyVersionRecord {
    const record = this.get(account, arn)
    parsePolicyDocument(document, 'identity')
    if (record.versions.length >= MAX_VERSIONS) {
      throw limitExceeded(
        'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing ' +
          'version.',
      )
    }
    const now = this.#dependencies.clock.now()
    const version = { id: `v${record.versionsMade + 1}`, document, createDate: now }
    this.#put(account, {
      ...record,
      updateDate: now,
      versionsMade: record.versionsMade + 1,
      versions: [version, ...record.versions],
      ...(asDefault && { defaultVersionId: version.id }),
    })
    return version
  }

  setDefaultVersion(account: string, arn: string, versionId: string): void {
    this.version(account, arn, versionId)
    const updateDate = this.#dependencies.clock.now()
    this.#put(account, { ...this.get(account, arn), defaultVersionId: versionId, updateDate })
  }

  deleteVersion(account: string, arn: string, versionId: string): void {
    this.version(account, arn, versionId)
    const record = this.get(account, arn)
    if (record.defaultVersionId === versionId) {
      throw deleteConflict('Cannot delete the default version of a policy.')
    }
    this.#put(account, { ...record, versions: record.versions.filter(({ id }) => id !== versionId) })
  }

  #put(account: string, record: PolicyRecord): void {
    this.#dependencies.records.put(globalScope(account), record.arn, record)
  }
}
