import { formatError, validationError } from '../errors.ts'
import { checkConstraints } from './parameter-constraints.ts'
import { isList, isScalar, type ValueMap } from './value.ts'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export const MAX_PARAMETER_BYTES = 4096

/** What a caller says about one parameter. */
export interface GivenParameter {
  readonly key: string
  readonly value: string | undefined
  readonly usePrevious: boolean
}

/** A parameter of a stack: plain JSON, kept with the stack. */
export interface StackParameter {
  readonly key: string
  /** As it was given, or the template's default. For an SSM type the parameter's name. */
  readonly value: string
  /** What `Ref` returns. */
  readonly resolved: string | readonly string[]
  readonly noEcho: boolean
  readonly ssm: boolean
}

const ATTRIBUTES = new Set([
  'Type',
  'Default',
  'AllowedPattern',
  'AllowedValues',
  'ConstraintDescription',
  'Description',
  'MaxLength',
  'MaxValue',
  'MinLength',
  'MinValue',
  'NoEcho',
])

interface ParameterType {
  readonly list: boolean
  readonly numeric: boolean
  /** The value names an SSM parameter, whose value is meant. */
  readonly ssm: boolean
}

const TYPES: ReadonlyMap<string, ParameterType> = new Map([
  ['String', { list: false, numeric: false, ssm: false }],
  ['Number', { list: false, numeric: true, ssm: false }],
  ['List<Number>', { list: true, numeric: true, ssm: false }],
  ['CommaDelimitedList', { list: true, numeric: false, ssm: false }],
  ['AWS::SSM::Parameter::Value<String>', { list: false, numeric: false, ssm: true }],
  ['AWS::SSM::Parameter::Value<List<String>>', { list: true, numeric: false, ssm: true }],
  ['AWS::SSM::Parameter::Value<CommaDelimitedList>', { list: true, numeric: false, ssm: true }],
])

const typeOf = (name: string, declaration: ValueMap): ParameterType => {
  const type = declaration.Type
  if (typeof type !== 'string') throw formatError('Every Parameters object must contain a Type member.')
  const known = TYPES.get(type)
  if (known) return known
  if (/^(List<)?AWS::/.test(type)) {
    throw validationError(`Parameter type ${type} of ${name} is not supported by Sonde.`)
  }
  throw formatError(`Unrecognized parameter type: ${type}`)
}

/** Checks the declarations, whatever values will come. */
export const checkDeclarations = (declarations: ReadonlyMap<string, ValueMap>): void => {
  for (const [name, declaration] of declarations) {
    typeOf(name, declaration)
    for (const attribute of Object.keys(declaration)) {
      if (!ATTRIBUTES.has(attribute)) {
        throw validationError(`Invalid template parameter property '${attribute}'`)
      }
    }
    defaultOf(declaration)
  }
}

/** The default as text, the form every parameter value has. */
export const defaultOf = (declaration: ValueMap): string | undefined => {
  const value = declaration.Default
  if (value === undefined) return undefined
  if (isScalar(value)) return String(value)
  if (isList(value) && value.every(isScalar)) return value.join(',')
  throw formatError('Every Default member must be a string.')
}

export const isNoEcho = (declaration: ValueMap): boolean => String(declaration.NoEcho) === 'true'

const splitList = (value: string): string[] => (value === '' ? [] : value.split(',').map(item => item.trim()))

const refuseUnknown = (
  declarations: ReadonlyMap<string, ValueMap>,
  given: readonly GivenParameter[],
): void => {
  const unknown = given.map(({ key }) => key).filter(key => !declarations.has(key))
  if (unknown.length > 0) {
    throw validationError(`Parameters: [${unknown.join(', ')}] do not exist in the template`)
  }
  const seen = new Set<string>()
  for (const { key } of given) {
    if (seen.has(key)) throw validationError(`Parameter ${key} is specified more than once`)
    seen.add(key)
  }
}

const choose = (
  name: string,
  declaration: ValueMap,
  given: GivenParameter | undefined,
  previous: ReadonlyMap<string, string>,
): string | undefined => {
  if (!given) return defaultOf(declaration)
  if (!given.usePrevious) return given.value ?? defaultOf(declaration)
  const value = previous.get(name)
  if (value === undefined) {
    throw validationError(
      `Invalid input for parameter key ${name}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
    )
  }
  return value
}

/**
 * The values of a template's parameters.
 *
 * @param previous values of the stack that is updated, by name
 * @param readSsm an SSM parameter's value
 * @throws ServiceError `ValidationError` for a missing, unknown or unfit value
 */
export const resolveParameters = (
  declarations: ReadonlyMap<string, ValueMap>,
  given: readonly GivenParameter[],
  previous: ReadonlyMap<string, string>,
  readSsm: (name: string) => string | undefined,
): StackParameter[] => {
  refuseUnknown(declarations, given)
  const byKey = new Map(given.map(item => [item.key, item]))
  const missing: string[] = []
  const notFound: string[] = []
  const resolved: StackParameter[] = []
  for (const [key, declaration] of declarations) {
    const type = typeOf(key, declaration)
    const value = choose(key, declaration, byKey.get(key), previous)
    if (value === undefined) {
      missing.push(key)
      continue
    }
    if (Buffer.byteLength(value) > MAX_PARAMETER_BYTES) {
      throw validationError(`Parameter '${key}' must not be larger than ${MAX_PARAMETER_BYTES} bytes`)
    }
    checkConstraints(key, declaration, type.list ? splitList(value) : [value], type.numeric)
    const text = type.ssm ? readSsm(value) : value
    if (text === undefined) notFound.push(value)
    else {
      resolved.push({
        key,
        value,
        resolved: type.list ? splitList(text) : text,
        noEcho: isNoEcho(declaration),
        ssm: type.ssm,
      })
    }
  }
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(', ')}] must have values`)
  if (notFound.length > 0) {
    throw validationError(
      `Unable to fetch parameters [${notFound.join(',')}] from parameter store for this account.`,
    )
  }
  return resolved
}
