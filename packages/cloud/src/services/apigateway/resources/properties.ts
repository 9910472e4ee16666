import { notImplemented, ServiceError } from '@sonde/wire'
import type { ResourceRequest } from '../../../kernel/resource-type.ts'

/** Reads a resource's properties as CloudFormation does, which takes `"true"` for true and `"29000"` for 29000. */

type Properties = ResourceRequest['properties']

const invalid = (name: string, expected: string): ServiceError =>
  new ServiceError('ValidationError', `Value of property ${name} must be ${expected}`)

export const textOf = (properties: Properties, name: string): string | undefined => {
  const value = properties[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'object') throw invalid(name, 'of type String')
  return String(value)
}

/** @throws ServiceError `ValidationError` where the property is absent */
export const requiredText = (properties: Properties, name: string): string => {
  const value = textOf(properties, name)
  if (value === undefined) throw new ServiceError('ValidationError', `Property ${name} cannot be empty.`)
  return value
}

export const flagOf = (properties: Properties, name: string): boolean | undefined => {
  const value = properties[name]
  if (value === undefined || value === null) return undefined
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw invalid(name, 'of type Boolean')
}

export const numberOf = (properties: Properties, name: string): number | undefined => {
  const value = properties[name]
  if (value === undefined || value === null) return undefined
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) throw invalid(name, 'a number')
  return number
}

export const textListOf = (properties: Properties, name: string): string[] | undefined => {
  const value = properties[name]
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw invalid(name, 'of type List of String')
  return value.map(String)
}

/** An object, all of whose members must be among `known`. */
export const objectOf = (
  properties: Properties,
  name: string,
  known: readonly string[],
): Properties | undefined => {
  const value = properties[name]
  if (value === undefined || value === null) return undefined
  return checked(value, name, known)
}

/** A list of objects, all of whose members must be among `known`. */
export const objectsOf = (properties: Properties, name: string, known: readonly string[]): Properties[] => {
  const value = properties[name] ?? []
  if (!Array.isArray(value)) throw invalid(name, 'a list')
  return value.map(item => checked(item, name, known))
}

const checked = (value: unknown, name: string, known: readonly string[]): Properties => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(name, 'an object')
  for (const member of Object.keys(value)) {
    if (!known.includes(member))
      throw notImplemented(`The property ${name}.${member} of API Gateway resources`)
  }
  return value as Properties
}

const mapOf = <T>(
  properties: Properties,
  name: string,
  member: (map: Properties, key: string) => T | undefined,
): Record<string, T> | undefined => {
  const value = properties[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'object' || Array.isArray(value)) throw invalid(name, 'an object')
  const map: Record<string, T> = {}
  for (const key of Object.keys(value)) {
    const read = member(value as Properties, key)
    if (read !== undefined) map[key] = read
  }
  return map
}

export const textMapOf = (properties: Properties, name: string) => mapOf(properties, name, textOf)
export const flagMapOf = (properties: Properties, name: string) => mapOf(properties, name, flagOf)

/** `[{ Key, Value }]` as a map. */
export const tagsOf = (properties: Properties): Record<string, string> =>
  Object.fromEntries(
    objectsOf(properties, 'Tags', ['Key', 'Value']).map(tag => [
      requiredText(tag, 'Key'),
      requiredText(tag, 'Value'),
    ]),
  )
