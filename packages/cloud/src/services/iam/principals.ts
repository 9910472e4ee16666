import type { Tag } from '@aws-sdk/client-iam'
import { parseArn } from '../../kernel/arn.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Collection } from '../../kernel/store.ts'
import { deleteConflict, entityAlreadyExists, limitExceeded, noSuchEntity } from './errors.ts'
import { checkName, globalScope, nameKey } from './names.ts'
import { parsePolicyDocument } from './policy-document.ts'
import type { PolicyRecord, PrincipalRecord } from './records.ts'
import { checkTags, mergeTags } from './tags.ts'

const POLICY_NAME_LENGTH = 128
/** Managed policies of one role or user: AWS's default quota. */
const MAX_ATTACHED = 20

/** Policies that AWS manages may be attached although their documents are not here. */
export const isAwsManaged = (policyArn: string): boolean => {
  const arn = parseArn(policyArn)
  return arn?.service === 'iam' && arn.account === 'aws' && arn.resource.startsWith('policy/')
}

/** Roles or users: their records with inline policies, attached policies and tags. Enforcement is not theirs. */
export class Principals<R extends PrincipalRecord> {
  readonly noun: 'role' | 'user'
  readonly #records: Collection<R>
  readonly #policies: Collection<PolicyRecord>

  constructor(noun: 'role' | 'user', records: Collection<R>, policies: Collection<PolicyRecord>) {
    this.noun = noun
    this.#records = records
    this.#policies = policies
  }

  find(account: string, name: string): R | undefined {
    return this.#records.get(globalScope(account), nameKey(name))
  }

  /** @throws ServiceError `NoSuchEntity` */
  get(account: string, name: string): R {
    const record = this.find(account, name)
    if (!record) throw noSuchEntity(`The ${this.noun} with name ${name} cannot be found.`)
    return record
  }

  list(account: string, pathPrefix = '/'): R[] {
    return this.#records.list(globalScope(account)).filter(({ path }) => path.startsWith(pathPrefix))
  }

  create(account: string, record: R): void {
    if (this.find(account, record.name)) {
      const noun = this.noun === 'role' ? 'Role' : 'User'
      throw entityAlreadyExists(`${noun} with name ${record.name} already exists.`)
    }
    this.#put(account, record)
  }

  change(account: string, name: string, change: Partial<R> | Partial<PrincipalRecord>): R {
    const record = { ...this.get(account, name), ...change }
    this.#put(account, record)
    return record
  }

  /** @throws ServiceError `DeleteConflict` while it has policies */
  delete(account: string, name: string): void {
    const record = this.get(account, name)
    if (record.attached.length > 0)
      throw deleteConflict('Cannot delete entity, must detach all policies first.')
    if (Object.keys(record.inline).length > 0) {
      throw deleteConflict('Cannot delete entity, must delete policies first.')
    }
    this.remove(account, name)
  }

  /** Without a look at what it has. */
  remove(account: string, name: string): void {
    this.#records.delete(globalScope(account), nameKey(name))
  }

  putInline(account: string, name: string, policyName: string, document: string): void {
    checkName('policyName', policyName, POLICY_NAME_LENGTH)
    parsePolicyDocument(document, 'identity')
    const { inline } = this.get(account, name)
    this.change(account, name, { inline: { ...inline, [policyName]: document } })
  }

  getInline(account: string, name: string, policyName: string): string {
    const { inline } = this.get(account, name)
    const document = Object.hasOwn(inline, policyName) ? inline[policyName] : undefined
    if (document === undefined) {
      throw noSuchEntity(`The ${this.noun} policy with name ${policyName} cannot be found.`)
    }
    return document
  }

  deleteInline(account: string, name: string, policyName: string): void {
    this.getInline(account, name, policyName)
    const { [policyName]: _gone, ...inline } = this.get(account, name).inline
    this.change(account, name, { inline })
  }

  attach(account: string, name: string, policyArn: string): void {
    const { attached } = this.get(account, name)
    if (!isAwsManaged(policyArn) && !this.#policies.get(globalScope(account), policyArn)) {
      throw noSuchEntity(`Policy ${policyArn} does not exist or is not attachable.`)
    }
    if (attached.includes(policyArn)) return
    if (attached.length >= MAX_ATTACHED) {
      const quota = this.noun === 'role' ? 'PoliciesPerRole' : 'PoliciesPerUser'
      throw limitExceeded(`Cannot exceed quota for ${quota}: ${MAX_ATTACHED}`)
    }
    this.change(account, name, { attached: [...attached, policyArn] })
  }

  detach(account: string, name: string, policyArn: string): void {
    const { attached } = this.get(account, name)
    if (!attached.includes(policyArn)) throw noSuchEntity(`Policy ${policyArn} was not found.`)
    this.change(account, name, { attached: attached.filter(arn => arn !== policyArn) })
  }

  tag(account: string, name: string, tags: readonly Tag[]): void {
    const merged = mergeTags(this.get(account, name).tags, checkTags(tags))
    this.change(account, name, { tags: checkTags(merged) })
  }

  untag(account: string, name: string, keys: readonly string[]): void {
    const tags = this.get(account, name).tags.filter(({ Key }) => !keys.includes(Key ?? ''))
    this.change(account, name, { tags })
  }

  #put(account: string, record: R): void {
    const scope: Scope = globalScope(account)
    this.#records.put(scope, nameKey(record.name), record)
  }
}
