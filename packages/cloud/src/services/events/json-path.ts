/** A path into an event: names, indices, and `*` for every member or element. */
export type JsonPath = ReadonlyArray<string | number | typeof EVERY>

const EVERY = Symbol('*')

const SEGMENT = /^(?:\.(\*|[A-Za-z0-9_/-]+)|\[(\d{1,6}|\*)\]|\[(?:'([^']*)'|"([^"]*)")\])/

/**
 * Reads what EventBridge supports of JSON path: `$`, names after dots or in brackets, indices and wildcards.
 *
 * @returns `undefined` for anything else
 */
export const parseJsonPath = (text: string): JsonPath | undefined => {
  if (!text.startsWith('$')) return undefined
  const path: Array<string | number | typeof EVERY> = []
  let rest = text.slice(1)
  while (rest !== '') {
    const [whole, name, index, single, double] = SEGMENT.exec(rest) ?? []
    if (whole === undefined) return undefined
    rest = rest.slice(whole.length)
    const key = name ?? single ?? double
    if (name === '*' || index === '*') path.push(EVERY)
    else path.push(key ?? Number(index))
  }
  return path
}

const step = (value: unknown, segment: JsonPath[number]): unknown[] => {
  if (typeof value !== 'object' || value === null) return []
  if (segment === EVERY) return Object.values(value)
  if (Array.isArray(value) !== (typeof segment === 'number')) return []
  return Object.hasOwn(value, segment) ? [(value as Record<string | number, unknown>)[segment]] : []
}

/** What a path leads to: a value, the list of values where the path has a wildcard, or `undefined`. */
export const followJsonPath = (path: JsonPath, document: unknown): unknown => {
  let values = [document]
  for (const segment of path) values = values.flatMap(value => step(value, segment))
  return path.includes(EVERY) ? (values.length > 0 ? values : undefined) : values[0]
}
