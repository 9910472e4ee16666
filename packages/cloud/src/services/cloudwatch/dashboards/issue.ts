/** Something in a dashboard's body that is wrong (`error`), or has no effect (`warning`). */
export interface Issue {
  readonly severity: 'error' | 'warning'
  /** Where it is: a JSON pointer such as `/widgets/0/properties/metrics/1`. */
  readonly dataPath: string
  readonly message: string
}
