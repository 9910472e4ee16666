import type { Attributes, AttributeValue } from '../model.ts'

/** A span's attributes that no block of the document has taken yet. Makers take theirs; the rest is metadata. */
export type Remaining = Map<string, AttributeValue>

/** The text of an attribute; empty where it is absent or no text, as the exporter reads it. */
export const textOf = (attributes: Attributes, key: string): string => {
  const value = attributes.get(key)
  return typeof value === 'string' ? value : ''
}

/** The first of some attributes that has a text. */
export const firstText = (attributes: Attributes, keys: readonly string[]): string => {
  for (const key of keys) {
    const text = textOf(attributes, key)
    if (text !== '') return text
  }
  return ''
}

/** The first of some attributes that is an integer. */
export const firstInteger = (attributes: Attributes, keys: readonly string[]): number | undefined => {
  for (const key of keys) {
    const value = attributes.get(key)
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  }
  return undefined
}

/** A port, a status: an integer, or the same as text. */
export const firstScalar = (attributes: Attributes, keys: readonly string[]): string => {
  for (const key of keys) {
    const value = attributes.get(key)
    if (typeof value === 'number') return String(value)
    if (typeof value === 'string' && value !== '') return value
  }
  return ''
}

/** A value as JSON can hold it: bytes in base64, numbers that are not finite by their name. */
export const jsonOf = (value: AttributeValue): unknown => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(jsonOf)
  return Object.fromEntries(
    Object.entries(value as Record<string, AttributeValue>).map(([key, item]) => [key, jsonOf(item)]),
  )
}

type Json = Readonly<Record<string, unknown>>

/**
 * The members that say something: those that are undefined or empty texts are left out.
 *
 * @returns `undefined` where none is left
 */
export const present = (members: Json): Json | undefined => {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined && value !== '')
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}
