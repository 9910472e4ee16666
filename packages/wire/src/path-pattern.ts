type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'label'; readonly name: string }
  | { readonly kind: 'greedy'; readonly name: string }

/** A Smithy `http` trait's URI: `/{Bucket}/{Key+}?list-type=2`. */
export interface PathPattern {
  readonly segments: readonly Segment[]
  /** Literal query parameters; a value of `undefined` asks for presence alone (`?uploads`). */
  readonly query: ReadonlyArray<readonly [name: string, value: string | undefined]>
}

const toSegment = (text: string): Segment => {
  if (!text.startsWith('{')) return { kind: 'literal', text }
  const name = text.slice(1, -1)
  return name.endsWith('+') ? { kind: 'greedy', name: name.slice(0, -1) } : { kind: 'label', name }
}

export const compilePath = (uri: string): PathPattern => {
  const [path = '', query = ''] = uri.split('?')
  return {
    segments: path.split('/').slice(1).filter(Boolean).map(toSegment),
    query: query
      .split('&')
      .filter(Boolean)
      .map(pair => pair.split('='))
      .map(([name = '', value]) => [name, value] as const),
  }
}

/** Malformed percent-encoding stays as it is, as AWS leaves it. */
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The segments of a raw path, still encoded. A trailing slash makes no empty segment. */
export const splitPath = (path: string): string[] => {
  const segments = path.split('/').slice(1)
  if (segments.at(-1) === '') segments.pop()
  return segments
}

/**
 * Matches a raw path against a pattern.
 *
 * @param actual the segments of the path, where many patterns are tried on one path
 * @returns the decoded labels, or `undefined` where it does not match
 */
export const matchPath = (
  { segments }: PathPattern,
  path: string,
  actual: readonly string[] = splitPath(path),
): Record<string, string> | undefined => {
  const labels: Record<string, string> = {}
  for (let index = 0; index < segments.length; index++) {
    const segment = segments[index] as Segment
    const text = actual[index]
    if (segment.kind === 'greedy') {
      // Ours stand last in every pattern of the services we speak, so all that is left is theirs, slashes included.
      const rest = path.split('/').slice(index + 1)
      if (rest.length === 0 || rest.join('/') === '') return undefined
      labels[segment.name] = decode(rest.join('/'))
      return labels
    }
    if (text === undefined || text === '') return undefined
    if (segment.kind === 'label') labels[segment.name] = decode(text)
    else if (segment.text !== text) return undefined
  }
  return actual.length === segments.length ? labels : undefined
}
