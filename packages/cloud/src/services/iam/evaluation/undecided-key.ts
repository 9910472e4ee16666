/** What policies say hangs on a condition key of which nothing is known. */
export class UndecidedKey extends Error {
  override readonly name = 'UndecidedKey' as const
  readonly key: string

  constructor(key: string) {
    super(`The condition key ${key} of policies`)
    this.key = key
  }
}
