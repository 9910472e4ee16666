const ANSWER_HEADERS = Symbol('headers of the answer')

/** An output that is answered with these headers besides what its protocol writes. Names in lower case. */
export const withHeaders = <Output extends object>(
  output: Output,
  headers: Readonly<Record<string, string>>,
): Output => Object.defineProperty({ ...output }, ANSWER_HEADERS, { value: headers })

/** What {@link withHeaders} gave an output. */
export const headersOf = (output: object): Readonly<Record<string, string>> | undefined =>
  (output as { readonly [ANSWER_HEADERS]?: Readonly<Record<string, string>> })[ANSWER_HEADERS]
