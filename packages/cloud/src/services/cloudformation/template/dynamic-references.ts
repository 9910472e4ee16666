import { validationError } from '../errors.ts'
import { isList, isMap, mapValues, type Value } from './value.ts'

const REFERENCE = /\{\{resolve:([^{}]*)\}\}/g

/** The SSM parameter that `ssm:name` means. @throws ServiceError naming what Sonde does not resolve */
const parameterName = (reference: string): string => {
  const [service, name, ...more] = reference.split(':')
  if (service !== 'ssm') {
    throw validationError(`Dynamic reference {{resolve:${reference}}}: ${service} is not supported by Sonde.`)
  }
  if (!name) throw validationError(`Dynamic reference {{resolve:${reference}}} names no parameter.`)
  if (more.length > 0) {
    throw validationError(`Dynamic reference {{resolve:${reference}}}: a version is not supported by Sonde.`)
  }
  return name
}

const replace = (text: string, read: (name: string) => string): string =>
  text.includes('{{resolve:')
    ? text.replace(REFERENCE, (_, reference) => read(parameterName(reference)))
    : text

/**
 * Puts the values of `{{resolve:ssm:name}}` in.
 *
 * @param read a parameter's value; throws where there is none
 */
export const resolveDynamicReferences = (value: Value, read: (name: string) => string): Value => {
  if (typeof value === 'string') return replace(value, read)
  if (isList(value)) return value.map(item => resolveDynamicReferences(item, read))
  return isMap(value) ? mapValues(value, item => resolveDynamicReferences(item, read)) : value
}

/** Refuses the references that cannot be resolved, before anything is created. */
export const checkDynamicReferences = (value: Value): void => {
  resolveDynamicReferences(value, () => '')
}
