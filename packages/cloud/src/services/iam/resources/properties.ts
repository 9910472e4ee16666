import type { Tag } from '@aws-sdk/client-iam'
import { malformedPolicyDocument, validationError } from '../errors.ts'

type Properties = Readonly<Record<string, unknown>>

/** A policy document of a template: JSON text, or the object itself. */
export const documentText = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) throw malformedPolicyDocument('Syntax errors in policy.')
  return JSON.stringify(value)
}

const invalid = (name: string, expected: string): Error =>
  validationError(`Property ${name} must be ${expected}.`)

export const optionalText = (properties: Properties, name: string): string | undefined => {
  const value = properties[name]
  if (value === undefined || typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw invalid(name, 'a string')
}

export const optionalNumber = (properties: Properties, name: string): number | undefined => {
  const value = properties[name]
  if (value === undefined) return undefined
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || Number.isNaN(number)) throw invalid(name, 'a number')
  return number
}

/** A list of texts; empty where absent. */
export const textList = (properties: Properties, name: string): string[] => {
  const value = properties[name] ?? []
  if (!Array.isArray(value) || !value.every(item => typeof item === 'string'))
    throw invalid(name, 'a list of strings')
  return value
}

export const tagList = (properties: Properties): Tag[] => {
  const value = properties.Tags ?? []
  if (!Array.isArray(value)) throw invalid('Tags', 'a list')
  return value.map(item => {
    const { Key, Value } = (item ?? {}) as { Key?: unknown; Value?: unknown }
    return { Key: String(Key ?? ''), Value: String(Value ?? '') }
  })
}

/** Inline policies: name and document. */
export const inlinePolicies = (properties: Properties): Record<string, string> => {
  const value = properties.Policies ?? []
  if (!Array.isArray(value)) throw invalid('Policies', 'a list')
  const entries = value.map((item): [string, string] => {
    const { PolicyName, PolicyDocument } = (item ?? {}) as { PolicyName?: unknown; PolicyDocument?: unknown }
    if (typeof PolicyName !== 'string') throw invalid('Policies.PolicyName', 'a string')
    return [PolicyName, documentText(PolicyDocument)]
  })
  return Object.fromEntries(entries)
}
