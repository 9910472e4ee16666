import { formatError, validationError } from '../errors.ts'
import { parseTemplateText } from './parse.ts'
import { type OutputDeclaration, type ResourceDeclaration, readOutput, readResource } from './sections.ts'
import { isList, isMap, isScalar, type Value, type ValueMap } from './value.ts'

/**
 * Limits of a template.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
export const MAX_RESOURCES = 500
export const MAX_PARAMETERS = 200
export const MAX_OUTPUTS = 200
export const MAX_MAPPINGS = 200
const MAX_DESCRIPTION_BYTES = 1024

const VERSION = '2010-09-09'
export const LANGUAGE_EXTENSIONS = 'AWS::LanguageExtensions'

const SECTIONS = new Set([
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Transform',
  'Resources',
  'Outputs',
])

/** A template whose structure is sound; nothing is evaluated yet. */
export interface Template {
  readonly version: string | undefined
  readonly description: string | undefined
  readonly metadata: Value | undefined
  /** Empty or `['AWS::LanguageExtensions']`. */
  readonly transforms: readonly string[]
  readonly parameters: ReadonlyMap<string, ValueMap>
  readonly rules: ReadonlyMap<string, ValueMap>
  /** Top-level key, second-level key, value. */
  readonly mappings: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, Value>>>
  readonly conditions: ReadonlyMap<string, Value>
  readonly resources: ReadonlyMap<string, ResourceDeclaration>
  readonly outputs: ReadonlyMap<string, OutputDeclaration>
}

/** The sections as they are written; `Fn::ForEach` loops are still there. */
export type RawTemplate = ValueMap

const section = (raw: RawTemplate, name: string): ValueMap => {
  const value = raw[name]
  if (value === undefined) return {}
  if (!isMap(value)) throw formatError(`'${name}' section must be an object.`)
  return value
}

const named = <T>(
  raw: RawTemplate,
  name: string,
  singular: string,
  max: number,
  read: (name: string, value: Value) => T,
): Map<string, T> => {
  const entries = Object.entries(section(raw, name))
  if (entries.length > max) {
    throw formatError(
      `Number of ${name.toLowerCase()}, ${entries.length}, is greater than maximum allowed, ${max}`,
    )
  }
  return new Map(
    entries.map(([key, value]) => {
      if (!/^[a-zA-Z0-9]+$/.test(key)) throw formatError(`${singular} name ${key} is non alphanumeric.`)
      return [key, read(key, value)]
    }),
  )
}

const objectMember =
  (section: string) =>
  (_name: string, value: Value): ValueMap => {
    if (!isMap(value)) throw formatError(`Every ${section} member must be an object.`)
    return value
  }

const readMapping = (name: string, value: Value): ReadonlyMap<string, ReadonlyMap<string, Value>> => {
  if (!isMap(value)) throw formatError(`Every Mappings member ${name} must be a map`)
  return new Map(
    Object.entries(value).map(([top, second]) => {
      if (!isMap(second)) throw formatError('Every Mappings attribute must be a map.')
      for (const item of Object.values(second)) {
        if (!isScalar(item) && !(isList(item) && item.every(isScalar))) {
          throw formatError('Every Mappings attribute must be a String or a List.')
        }
      }
      return [top, new Map(Object.entries(second))]
    }),
  )
}

const text = (raw: RawTemplate, name: string): string | undefined => {
  const value = raw[name]
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw formatError(`'${name}' must be a string.`)
  return value
}

const readTransforms = (value: Value | undefined): string[] => {
  if (value === undefined) return []
  const names = isList(value) ? value : [value]
  return names.map(name => {
    if (name === LANGUAGE_EXTENSIONS) return name
    const shown = isMap(name) ? String(name.Name) : String(name)
    throw validationError(
      `Transform ${shown} is not supported by Sonde, which knows ${LANGUAGE_EXTENSIONS} alone.`,
    )
  })
}

/** Reads text into its sections and checks what can be checked without parameters. */
export const readTemplate = (text: string): RawTemplate => {
  const raw = parseTemplateText(text)
  const unknown = Object.keys(raw).filter(key => !SECTIONS.has(key))
  if (unknown.length > 0) {
    throw validationError(`Invalid template property or properties [${unknown.join(', ')}]`)
  }
  return raw
}

/** The transforms a template declares. @throws ServiceError naming one that is not supported */
export const transformsOf = (raw: RawTemplate): string[] => readTransforms(raw.Transform)

/** The `Parameters` section alone: loops over a parameter's list need it before the rest can be read. */
export const parametersOf = (raw: RawTemplate): ReadonlyMap<string, ValueMap> =>
  named(raw, 'Parameters', 'Parameter', MAX_PARAMETERS, objectMember('Parameters'))

/**
 * Gives the sections their types.
 *
 * @throws ServiceError `ValidationError` with CloudFormation's texts for what is missing, misspelt or too much
 */
export const structureTemplate = (raw: RawTemplate): Template => {
  const version = text(raw, 'AWSTemplateFormatVersion')
  if (version !== undefined && version !== VERSION) {
    throw formatError(`${version} is not a supported value for AWSTemplateFormatVersion.`)
  }
  const description = text(raw, 'Description')
  if (description !== undefined && Buffer.byteLength(description) > MAX_DESCRIPTION_BYTES) {
    throw formatError(`'Description' length is greater than ${MAX_DESCRIPTION_BYTES}.`)
  }
  const resources = named(raw, 'Resources', 'Resource', MAX_RESOURCES, readResource)
  if (resources.size === 0) throw formatError('At least one Resources member must be defined.')
  return {
    version,
    description,
    metadata: raw.Metadata,
    transforms: transformsOf(raw),
    parameters: parametersOf(raw),
    rules: new Map(Object.entries(section(raw, 'Rules')).map(([k, v]) => [k, objectMember('Rules')(k, v)])),
    mappings: named(raw, 'Mappings', 'Mapping', MAX_MAPPINGS, readMapping),
    conditions: new Map(Object.entries(section(raw, 'Conditions'))),
    resources,
    outputs: named(raw, 'Outputs', 'Output', MAX_OUTPUTS, readOutput),
  }
}
