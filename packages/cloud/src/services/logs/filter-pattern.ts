import { invalidParameter } from './errors.ts'

/** Whether a message matches. */
export type MessageFilter = (message: string) => boolean

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
const MAX_PATTERN = 1_024

interface Term {
  readonly kind: 'required' | 'excluded' | 'optional'
  readonly text: string
}

const KINDS: Readonly<Record<string, Term['kind']>> = { '-': 'excluded', '?': 'optional' }

/** One term: an optional sign, then a phrase in quotes (with `\"` and `\\` in it) or a bare word. */
const TERM = /\s*([-?]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)/y

const readTerms = (pattern: string): Term[] => {
  const terms: Term[] = []
  const end = pattern.trimEnd().length
  TERM.lastIndex = 0
  while (TERM.lastIndex < end) {
    const start = TERM.lastIndex
    const match = TERM.exec(pattern)
    if (!match) throw invalidParameter(`Invalid filter pattern at "${pattern.slice(start).trim()}"`)
    const [, sign = '', phrase, word = ''] = match
    if (phrase === undefined && !/^[\p{L}\p{N}_]+$/u.test(word)) {
      throw invalidParameter(`Invalid character(s) in term '${word}'`)
    }
    terms.push({ kind: KINDS[sign] ?? 'required', text: phrase?.replace(/\\(.)/g, '$1') ?? word })
  }
  return terms
}

const REFUSED: ReadonlyArray<readonly [opening: string, kind: string]> = [
  ['{', 'JSON'],
  ['[', 'space-delimited'],
  ['%', 'regular expression'],
]

/**
 * Reads a filter pattern for unstructured messages: `ERROR "two words"` (all of them), `-DEBUG` (without), `?a ?b` (any
 * of them). Case counts. An empty pattern matches every message.
 *
 * @throws ServiceError `InvalidParameterException` for a pattern that is none, or of a kind that is not supported
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export const parseFilterPattern = (pattern: string): MessageFilter => {
  if (pattern.length > MAX_PATTERN) {
    throw invalidParameter(`The filter pattern is longer than ${MAX_PATTERN} characters`)
  }
  const trimmed = pattern.trim()
  for (const [opening, kind] of REFUSED) {
    if (trimmed.startsWith(opening)) {
      throw invalidParameter(`Filter patterns of the ${kind} kind are not supported by Sonde: ${trimmed}`)
    }
  }
  const terms = readTerms(trimmed)
  const of = (kind: Term['kind']): string[] => terms.flatMap(term => (term.kind === kind ? [term.text] : []))
  const [required, excluded, optional] = [of('required'), of('excluded'), of('optional')]
  if (optional.length > 0 && optional.length < terms.length) {
    // AWS ignores the question marks here, in a way that its documentation does not tell.
    throw invalidParameter(
      `Filter patterns that mix ? with other terms are not supported by Sonde: ${trimmed}`,
    )
  }
  return message =>
    required.every(text => message.includes(text)) &&
    !excluded.some(text => message.includes(text)) &&
    (optional.length === 0 || optional.some(text => message.includes(text)))
}
