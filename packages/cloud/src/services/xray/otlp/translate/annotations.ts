import type { Attributes, AttributeValue } from '../model.ts'
import { jsonOf, type Remaining } from './attributes.ts'

/** Which attributes become annotations, besides those that a span names in `aws.xray.annotations`. */
export interface Indexing {
  /** Keys; `otel.resource.<key>` for those of the resource. Default none. */
  readonly indexedAttributes?: readonly string[]
  /** Every attribute that can. Default false. */
  readonly indexAllAttributes?: boolean
}

const ANNOTATIONS = 'aws.xray.annotations'
const METADATA = 'aws.xray.metadata.'
const RESOURCE = 'otel.resource.'
const DEFAULT_NAMESPACE = 'default'

const fixKey = (key: string): string => key.replace(/[^0-9A-Za-z.]/gu, '_')

const isScalar = (value: AttributeValue): boolean =>
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  typeof value === 'bigint' ||
  (typeof value === 'number' && Number.isFinite(value))

const indexedKeys = (remaining: Remaining, indexing: Indexing): Set<string> => {
  const keys = new Set(indexing.indexedAttributes)
  const named = remaining.get(ANNOTATIONS)
  if (Array.isArray(named)) {
    for (const key of named) if (typeof key === 'string') keys.add(key)
    remaining.delete(ANNOTATIONS)
  }
  return keys
}

/** The object that a text holds, `undefined` where it holds none. */
const objectIn = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>
    }
  } catch {
    // Kept as the text that it is.
  }
  return undefined
}

const isDefault = (namespace: string): boolean => namespace.toLowerCase() === DEFAULT_NAMESPACE

const fill = (target: Map<string, unknown>, values: Readonly<Record<string, unknown>>): void => {
  for (const [key, value] of Object.entries(values)) target.set(key, value)
}

const toObject = (map: ReadonlyMap<string, unknown>): object | undefined =>
  map.size > 0 ? Object.fromEntries(map) : undefined

export interface Described {
  readonly user: string
  readonly annotations: object | undefined
  readonly metadata: object | undefined
}

/**
 * Annotations for the attributes that are indexed, metadata for the others.
 *
 * @param remaining what no block of the document took
 * @param resource of segments; `undefined` for subsegments, which do not repeat it
 */
export const describe = (
  attributes: Attributes,
  remaining: Remaining,
  resource: Attributes | undefined,
  indexing: Indexing,
): Described => {
  const keys = indexedKeys(remaining, indexing)
  // What is asked for by name is an annotation even where a block holds it already.
  for (const key of indexing.indexedAttributes ?? []) {
    const value = attributes.get(key)
    if (value !== undefined) remaining.set(key, value)
  }
  const user = remaining.get('enduser.id')
  remaining.delete('enduser.id')
  const annotations = new Map<string, unknown>()
  const metadata = new Map<string, unknown>()
  const namespaces = new Map<string, unknown>()
  const all = indexing.indexAllAttributes === true

  const place = (key: string, value: AttributeValue): void => {
    if ((all || keys.has(key)) && isScalar(value)) annotations.set(fixKey(key), value)
    else if (value !== null) metadata.set(key, jsonOf(value))
  }
  for (const [key, value] of resource ?? []) place(`${RESOURCE}${key}`, value)
  for (const [key, value] of remaining) {
    const held =
      !all && !keys.has(key) && key.startsWith(METADATA) && typeof value === 'string'
        ? objectIn(value)
        : undefined
    if (!held) {
      place(key, value)
      continue
    }
    const namespace = key.slice(METADATA.length)
    if (isDefault(namespace)) fill(metadata, held)
    else namespaces.set(namespace, held)
  }
  if (metadata.size > 0) namespaces.set(DEFAULT_NAMESPACE, Object.fromEntries(metadata))
  return {
    user: typeof user === 'string' ? user : '',
    annotations: toObject(annotations),
    metadata: toObject(namespaces),
  }
}
