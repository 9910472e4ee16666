import { arn, parseArn } from '../../kernel/arn.ts'
import type { Scope } from '../../kernel/scope.ts'
import { constraintViolation, functionsOnly } from './errors.ts'

/** A function as a request names it. */
export interface FunctionReference {
  /** Where it is: an ARN may name another account or region than the request's. */
  readonly scope: Scope
  readonly name: string
  readonly qualifier: string | undefined
}

export const LATEST = '$LATEST'

const NAME = /^[a-zA-Z0-9-_]{1,64}$/
const QUALIFIER = /^(\$LATEST|[a-zA-Z0-9-_]{1,128})$/
const NAME_PATTERN =
  '(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?'
const QUALIFIER_PATTERN = '(|[a-zA-Z0-9$_-]+)'

/** `arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]` */
export const functionArn = (scope: Scope, name: string, qualifier?: string): string =>
  arn(scope, 'lambda', `function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`)

/** The parts of `name`, `name:qualifier`, `account:function:name[:qualifier]` or an ARN, `undefined` where it is none. */
const split = (scope: Scope, text: string): FunctionReference | undefined => {
  const parsed = parseArn(text)
  if (parsed) {
    const [kind, name = '', qualifier, ...rest] = parsed.resource.split(':')
    if (parsed.service !== 'lambda' || kind !== 'function' || rest.length > 0) return undefined
    return { scope: { account: parsed.account, region: parsed.region }, name, qualifier }
  }
  const partial = /^(\d{12}):(?:function:)?([^:]+)(?::([^:]+))?$/.exec(text)
  if (partial) {
    const [, account = '', name = '', qualifier] = partial
    return { scope: { account, region: scope.region }, name, qualifier }
  }
  const [name = '', qualifier, ...rest] = text.replace(/^function:/, '').split(':')
  return rest.length > 0 ? undefined : { scope, name, qualifier }
}

/**
 * Reads FunctionName of a request that is about a function as a whole.
 *
 * @throws ServiceError `ValidationException`; `InvalidParameterValueException` for the name of a version or alias
 */
export const parseWholeFunction = (scope: Scope, text: string): FunctionReference => {
  const reference = parseFunctionName(scope, text)
  if (reference.qualifier !== undefined) throw functionsOnly()
  return reference
}

/**
 * Reads FunctionName and Qualifier of a request.
 *
 * @throws ServiceError `ValidationException`
 */
export const parseFunctionName = (scope: Scope, text: string, qualifier?: string): FunctionReference => {
  const reference = split(scope, text)
  if (!reference || !NAME.test(reference.name)) {
    throw constraintViolation(
      text,
      'functionName',
      `Member must satisfy regular expression pattern: ${NAME_PATTERN}`,
    )
  }
  const found = qualifier || reference.qualifier
  if (found !== undefined && !QUALIFIER.test(found)) {
    throw constraintViolation(
      found,
      'qualifier',
      `Member must satisfy regular expression pattern: ${QUALIFIER_PATTERN}`,
    )
  }
  if (qualifier && reference.qualifier !== undefined && reference.qualifier !== qualifier) {
    throw constraintViolation(
      qualifier,
      'qualifier',
      `Member must equal the qualifier of the function name: ${reference.qualifier}`,
    )
  }
  return { ...reference, qualifier: found }
}
