import { evaluateResourcePolicy } from '../../kernel/policy/resource-policy.ts'
import type { PolicyStatement as GeneralStatement } from '../../kernel/policy/statement.ts'
import type { Identity } from '../../kernel/ports.ts'
import type { PolicyStatement } from './records.ts'

/** What AddPermission grants: who may invoke, and for what. */
export interface Grant {
  readonly statementId: string
  readonly action: string
  readonly principal: string
  readonly resource: string
  readonly sourceArn: string | undefined
  readonly sourceAccount: string | undefined
}

/** Who calls: an AWS service, on behalf of a resource. */
export interface Caller {
  readonly service: string
  readonly sourceArn: string
}

const principalOf = (principal: string): PolicyStatement['Principal'] => {
  if (principal === '*') return '*'
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` }
  return principal.startsWith('arn:') ? { AWS: principal } : { Service: principal }
}

/** The statement as AWS writes it into the policy. */
export const toStatement = (grant: Grant): PolicyStatement => {
  const condition = {
    ...(grant.sourceAccount === undefined
      ? {}
      : { StringEquals: { 'AWS:SourceAccount': grant.sourceAccount } }),
    ...(grant.sourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': grant.sourceArn } }),
  }
  return {
    Sid: grant.statementId,
    Effect: 'Allow',
    Principal: principalOf(grant.principal),
    Action: grant.action,
    Resource: grant.resource,
    ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  }
}

const escaped = (text: string): string => text.replace(/[\\^$.|+()[\]{}]/g, '\\$&')

const wildcard = (pattern: string): RegExp =>
  new RegExp(`^${escaped(pattern).replaceAll('*', '.*').replaceAll('?', '.')}$`, 's')

/**
 * IAM's ArnLike: each of the six parts between the first five colons is compared by itself, with `*` for any text and
 * `?` for one character.
 *
 * @example
 * arnLike('arn:aws:execute-api:*:*:abc/*', 'arn:aws:execute-api:us-east-1:000000000000:abc/prod/GET/x') // true
 */
export const arnLike = (pattern: string, arn: string): boolean => {
  const split = (text: string): string[] => {
    const parts = text.split(':')
    return [...parts.slice(0, 5), parts.slice(5).join(':')]
  }
  const patterns = split(pattern)
  const parts = split(arn)
  return patterns.every((part, index) => wildcard(part).test(parts[index] ?? ''))
}

const INVOKE = 'lambda:InvokeFunction'

const toGeneral = (statement: PolicyStatement): GeneralStatement => ({ ...statement })

const matchesAction = (action: string): boolean => wildcard(action).test(INVOKE)

/** Whether a resource policy lets an AWS service invoke the function. */
export const allows = (statements: readonly PolicyStatement[], caller: Caller): boolean =>
  statements.some(({ Principal: principal, Action, Condition }) => {
    const isNamed = principal === '*' || ('Service' in principal && principal.Service === caller.service)
    if (!isNamed || !matchesAction(Action)) return false
    const source = Condition?.ArnLike?.['AWS:SourceArn']
    const account = Condition?.StringEquals?.['AWS:SourceAccount']
    return (
      (source === undefined || arnLike(source, caller.sourceArn)) &&
      (account === undefined || caller.sourceArn.split(':')[4] === account)
    )
  })

/**
 * Whether a resource policy lets an identity of another account invoke the function.
 *
 * @param functionArn as it was called, qualifier included
 */
export const allowsIdentity = (
  statements: readonly PolicyStatement[],
  identity: Identity,
  functionArn: string,
): boolean => {
  const { arn, account } = identity
  const context = { 'aws:PrincipalArn': arn, 'aws:PrincipalAccount': account }
  const request = { principal: { arn, account }, action: INVOKE, resource: functionArn, context }
  return evaluateResourcePolicy({ Statement: statements.map(toGeneral) }, request) === 'allowed'
}

/** The policy document of GetPolicy. */
export const toPolicyDocument = (statements: readonly PolicyStatement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements })
