/** What a page of keys is asked for with. */
export interface ListingRequest {
  readonly prefix: string
  readonly delimiter: string
  /** Only keys behind this one; `undefined` from the first. */
  readonly after: string | undefined
  readonly maxKeys: number
}

export interface Listing {
  readonly keys: readonly string[]
  readonly commonPrefixes: readonly string[]
  /** The key or common prefix that the next page starts behind, where there is one. */
  readonly next: string | undefined
}

/** Byte order of UTF-8, which S3 lists in; it differs from JavaScript's for characters beyond U+FFFF. */
export const compareKeys = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

/**
 * One page of ListObjectsV2: keys, and what they have in common up to the delimiter behind the prefix. Both count
 * against `maxKeys`.
 *
 * @param sorted all keys of the bucket by {@link compareKeys}
 */
export const listKeys = (sorted: readonly string[], request: ListingRequest): Listing => {
  const { prefix, delimiter, after, maxKeys } = request
  const keys: string[] = []
  const commonPrefixes: string[] = []
  let last: string | undefined
  if (maxKeys === 0) return { keys, commonPrefixes, next: undefined }
  for (const key of sorted) {
    if (!key.startsWith(prefix)) continue
    if (after !== undefined && compareKeys(key, after) <= 0) continue
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    const common = cut < 0 ? undefined : key.slice(0, cut + delimiter.length)
    // A page that ended with a common prefix goes on behind all keys under it.
    if (common !== undefined && (common === last || common === after)) continue
    if (keys.length + commonPrefixes.length === maxKeys) return { keys, commonPrefixes, next: last }
    if (common === undefined) keys.push(key)
    else commonPrefixes.push(common)
    last = common ?? key
  }
  return { keys, commonPrefixes, next: undefined }
}
