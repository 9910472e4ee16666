/** What a value in an answer must be. Members given all apply. */
export interface ValueExpectation {
  readonly equals?: string | number | boolean | null
  /** Inclusive. */
  readonly atLeast?: number
  /** Inclusive. */
  readonly atMost?: number
  /** A regular expression that a text must match somewhere. */
  readonly matches?: string
  readonly type?: 'string' | 'number' | 'boolean' | 'object' | 'array'
}

/** What the answer to a health check must satisfy. */
export interface Expectation {
  /** Default 200. */
  readonly status?: number
  /** By path in the JSON body, such as `probability` or `predictions.0.label`. Each must be there. */
  readonly json?: Readonly<Record<string, ValueExpectation>>
  /** A text that the body must contain. */
  readonly contains?: string
}

export interface Answer {
  readonly status: number
  readonly body: string
}

const typeOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'array'
  return value === null ? 'null' : typeof value
}

const valueAt = (root: unknown, path: string): unknown => {
  let value = root
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return value
}

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 100) ?? 'missing'

const complaint = (path: string, value: unknown, expected: ValueExpectation): string | undefined => {
  const { equals, atLeast, atMost, matches, type } = expected
  const wrong = (what: string): string => `${path} is ${shown(value)}, not ${what}`
  if (value === undefined) return `${path} is missing`
  if (type !== undefined && typeOf(value) !== type) return wrong(`of type ${type}`)
  if (equals !== undefined && value !== equals) return wrong(shown(equals))
  if (atLeast !== undefined && !(typeof value === 'number' && value >= atLeast))
    return wrong(`at least ${atLeast}`)
  if (atMost !== undefined && !(typeof value === 'number' && value <= atMost))
    return wrong(`at most ${atMost}`)
  if (matches !== undefined && !(typeof value === 'string' && new RegExp(matches).test(value))) {
    return wrong(`like ${matches}`)
  }
  return undefined
}

const parsed = (body: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(body) }
  } catch {
    return undefined
  }
}

/** Why an answer does not satisfy; `undefined` where it does. */
export const whyUnsatisfied = (answer: Answer, expectation: Expectation): string | undefined => {
  const { status = 200, json, contains } = expectation
  if (answer.status !== status)
    return `status is ${answer.status}, not ${status}: ${answer.body.slice(0, 200)}`
  if (contains !== undefined && !answer.body.includes(contains))
    return `the body does not contain ${shown(contains)}`
  if (!json) return undefined
  const body = parsed(answer.body)
  if (!body) return `the body is not JSON: ${answer.body.slice(0, 100)}`
  for (const [path, expected] of Object.entries(json)) {
    const why = complaint(path, valueAt(body.value, path), expected)
    if (why) return why
  }
  return undefined
}

/** @throws Error naming what of an expectation can never be satisfied */
export const checkExpectation = ({ json = {}, status }: Expectation): void => {
  if (status !== undefined && !(Number.isInteger(status) && status >= 100 && status <= 599)) {
    throw new Error(`expect.status must be an HTTP status, not ${status}.`)
  }
  for (const [path, { matches, atLeast, atMost }] of Object.entries(json)) {
    if (atLeast !== undefined && atMost !== undefined && atLeast > atMost) {
      throw new Error(`expect.json["${path}"] can be no number: at least ${atLeast} and at most ${atMost}.`)
    }
    if (matches === undefined) continue
    try {
      new RegExp(matches)
    } catch (error) {
      throw new Error(`expect.json["${path}"].matches: ${(error as Error).message}`, { cause: error })
    }
  }
}
