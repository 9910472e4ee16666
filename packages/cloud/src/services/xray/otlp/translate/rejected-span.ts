/** A span that X-Ray can hold no document of. Counted as rejected. */
export class RejectedSpan extends Error {
  override readonly name = 'RejectedSpan' as const
}
