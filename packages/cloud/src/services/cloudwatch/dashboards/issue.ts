/** Something in a dashboard's body that is wrong (`error`), or has no effect (`warning`). */
export interface Issue {
  readonly severity: 'error' | 'warning'
  /** Where it is: a JSON pointer such as `/widgets/0/properties/metrics/1`. */
  readonly dataPath: string
  readonly message: string
}

export const error = (dataPath: string, message: string): Issue => ({ severity: 'error', dataPath, message })

/** What is wrong with something, as CloudWatch says it. @param what it is, such as `The dashboard body` */
export const issuesText = (what: string, issues: readonly Issue[]): string => {
  const counted = issues.length === 1 ? 'is 1 validation error' : `are ${issues.length} validation errors`
  const listed = issues.map(({ dataPath, message }) => ({ dataPath, message }))
  return `${what} is invalid, there ${counted}:\n${JSON.stringify(listed, null, 2)}`
}

/** Issues as the API's answers and errors have them. */
export const validationMessages = (issues: readonly Issue[]) =>
  issues.map(({ dataPath, message }) => ({ DataPath: dataPath, Message: message }))
