import type { NormalizedSchema } from '@smithy/core/schema'
import { DATE_TIME, scalarReader } from '../scalar.ts'
import { ServiceError } from '../service-error.ts'

/** A form's keys as a tree: `A.member.1.B=x` is `A → member → 1 → B`. */
export interface FormNode {
  value?: string
  readonly children: Map<string, FormNode>
}

/** More parts than any modelled input nests. */
const MAX_KEY_DEPTH = 64

const node = (): FormNode => ({ children: new Map() })

export const parseForm = (form: URLSearchParams): FormNode => {
  const root = node()
  for (const [key, value] of form) {
    const parts = key.split('.')
    if (parts.length > MAX_KEY_DEPTH) {
      throw new ServiceError('MalformedQueryString', 'A parameter name has too many parts.')
    }
    let at = root
    for (const part of parts) {
      let next = at.children.get(part)
      if (!next) {
        next = node()
        at.children.set(part, next)
      }
      at = next
    }
    at.value = value
  }
  return root
}

const readScalar = scalarReader(DATE_TIME, false)

/** The numbered children in the order of their numbers, whatever the gaps. */
const numbered = (from: FormNode): FormNode[] =>
  [...from.children]
    .filter(([index]) => /^\d+$/.test(index))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child)

const readList = (schema: NormalizedSchema, from: FormNode): unknown[] => {
  const member = schema.getValueSchema()
  const flat = schema.getMergedTraits().xmlFlattened === 1
  const name = member.getMergedTraits().xmlName ?? 'member'
  const items = flat ? from : (from.children.get(name) ?? from.children.get('member'))
  // `Parameters=` without more is an empty list.
  return items ? numbered(items).map(item => readForm(member, item)) : []
}

const readMap = (schema: NormalizedSchema, from: FormNode): Record<string, unknown> => {
  const flat = schema.getMergedTraits().xmlFlattened === 1
  const entries = flat ? from : from.children.get('entry')
  const keyName = schema.getKeySchema().getMergedTraits().xmlName ?? 'key'
  const valueName = schema.getValueSchema().getMergedTraits().xmlName ?? 'value'
  const map: Record<string, unknown> = Object.create(null)
  for (const entry of entries ? numbered(entries) : []) {
    const key = entry.children.get(keyName)?.value
    const value = entry.children.get(valueName)
    if (key === undefined || !value) {
      throw new ServiceError(
        'MalformedQueryString',
        `A map entry has no ${key === undefined ? keyName : valueName}.`,
      )
    }
    map[key] = readForm(schema.getValueSchema(), value)
  }
  return { ...map }
}

const readStructure = (schema: NormalizedSchema, from: FormNode): Record<string, unknown> => {
  const output: Record<string, unknown> = {}
  for (const [name, member] of schema.structIterator()) {
    const child = from.children.get(member.getMergedTraits().xmlName ?? name) ?? from.children.get(name)
    if (child) output[name] = readForm(member, child)
  }
  return output
}

/** Reads a value of `schema` from a form. */
export function readForm(schema: NormalizedSchema, from: FormNode): Record<string, unknown>
export function readForm(schema: NormalizedSchema, from: FormNode): unknown {
  if (schema.isStructSchema()) return readStructure(schema, from)
  if (schema.isListSchema()) return readList(schema, from)
  if (schema.isMapSchema()) return readMap(schema, from)
  if (schema.isUnitSchema()) return {}
  return readScalar(schema, from.value ?? '')
}
