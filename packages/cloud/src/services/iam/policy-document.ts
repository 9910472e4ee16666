import type { PolicyDocument, PolicyStatement } from '../../kernel/policy/statement.ts'
import { malformedPolicyDocument } from './errors.ts'

export type { PolicyDocument, PolicyStatement } from '../../kernel/policy/statement.ts'

/** `identity`: what an identity may do. `trust`: who may assume a role. */
export type PolicyKind = 'identity' | 'trust'

const VERSIONS: readonly unknown[] = [undefined, '2012-10-17', '2008-10-17']
const DOCUMENT_MEMBERS = ['Version', 'Id', 'Statement']
const STATEMENT_MEMBERS = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const fail = (problem: string): never => {
  throw malformedPolicyDocument(problem)
}

const syntaxError = (): never => fail('Syntax errors in policy.')

const texts = (value: unknown): string[] => {
  const list = Array.isArray(value) ? value : [value]
  return list.every(item => typeof item === 'string') ? list : syntaxError()
}

const checkActions = (statement: Record<string, unknown>, kind: PolicyKind): void => {
  const { Action, NotAction } = statement
  if (Action !== undefined && NotAction !== undefined) syntaxError()
  const actions = texts(Action ?? NotAction ?? [])
  if (actions.length === 0) fail('Policy statement must contain actions.')
  for (const action of actions) {
    if (action !== '*' && !/^[a-zA-Z0-9-]+:[^\s]+$/.test(action)) {
      fail('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.')
    }
    if (kind === 'trust' && action !== '*' && !action.toLowerCase().startsWith('sts:')) {
      fail('AssumeRole policy may only specify STS AssumeRole actions.')
    }
  }
}

const checkResources = (statement: Record<string, unknown>, kind: PolicyKind): void => {
  const { Resource, NotResource } = statement
  if (kind === 'trust') {
    if (Resource !== undefined) fail('Has prohibited field Resource')
    if (NotResource !== undefined) fail('Has prohibited field NotResource')
    return
  }
  if (Resource !== undefined && NotResource !== undefined) syntaxError()
  const resources = texts(Resource ?? NotResource ?? [])
  if (resources.length === 0) fail('Policy statement must contain resources.')
  for (const resource of resources) {
    if (resource !== '*' && !resource.startsWith('arn:')) {
      fail(`Resource ${resource} must be in ARN format or "*".`)
    }
  }
}

const checkPrincipals = (statement: Record<string, unknown>, kind: PolicyKind): void => {
  const { Principal, NotPrincipal } = statement
  if (kind === 'identity') {
    if (Principal !== undefined) fail('Policy document should not specify a principal.')
    if (NotPrincipal !== undefined) fail('Policy document should not specify a principal.')
    return
  }
  const principal = Principal ?? NotPrincipal
  if (principal === undefined) fail('Missing required field Principal')
  if (principal === '*') return
  for (const [type, value] of Object.entries(isObject(principal) ? principal : syntaxError())) {
    if (!['AWS', 'Service', 'Federated', 'CanonicalUser'].includes(type))
      fail(`Invalid principal in policy: ${type}`)
    texts(value)
  }
}

const checkCondition = (condition: unknown): void => {
  if (condition === undefined) return
  for (const tests of Object.values(isObject(condition) ? condition : syntaxError())) {
    for (const value of Object.values(isObject(tests) ? tests : syntaxError())) {
      const list = Array.isArray(value) ? value : [value]
      if (!list.every(item => ['string', 'number', 'boolean'].includes(typeof item))) syntaxError()
    }
  }
}

const checkStatement = (statement: unknown, kind: PolicyKind): PolicyStatement => {
  if (!isObject(statement)) return syntaxError()
  if (Object.keys(statement).some(member => !STATEMENT_MEMBERS.includes(member))) syntaxError()
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') syntaxError()
  if (statement.Sid !== undefined && typeof statement.Sid !== 'string') syntaxError()
  checkActions(statement, kind)
  checkPrincipals(statement, kind)
  checkResources(statement, kind)
  checkCondition(statement.Condition)
  return statement as PolicyStatement
}

/**
 * Reads a policy document as strictly as IAM does when it stores one.
 *
 * @throws ServiceError `MalformedPolicyDocument` with AWS's text
 */
export const parsePolicyDocument = (text: string, kind: PolicyKind): PolicyDocument => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return fail(kind === 'trust' ? 'This policy contains invalid Json' : 'Syntax errors in policy.')
  }
  if (!isObject(value) || Object.keys(value).some(member => !DOCUMENT_MEMBERS.includes(member)))
    return syntaxError()
  if (!VERSIONS.includes(value.Version)) fail('Policy document must be version 2012-10-17 or greater.')
  const given = Array.isArray(value.Statement) ? value.Statement : [value.Statement]
  if (value.Statement === undefined || given.length === 0) return syntaxError()
  const statements = given.map(statement => checkStatement(statement, kind))
  const sids = statements.flatMap(({ Sid }) => (Sid === undefined || Sid === '' ? [] : [Sid]))
  if (new Set(sids).size !== sids.length) fail('Statement IDs (SID) in a single policy must be unique.')
  return { ...(value as Omit<PolicyDocument, 'Statement'>), Statement: statements }
}

/** The form in which IAM returns documents (RFC 3986). */
export const encodeDocument = (text: string): string => encodeURIComponent(text)
