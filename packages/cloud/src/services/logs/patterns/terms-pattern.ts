import { invalidParameter } from '../errors.ts'
import type { FilterPattern, PatternMatch } from './filter-pattern.ts'
import { readRegex } from './regex.ts'

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

/** Unstructured messages have no fields to read. */
const NO_FIELDS: PatternMatch = { value: () => undefined, extracted: () => ({}) }

const textPattern = (matches: (text: string) => boolean): FilterPattern => ({
  kind: 'text',
  reads: () => false,
  match: ({ text }) => (matches(text) ? NO_FIELDS : undefined),
})

/** `%5\d\d%`: a regular expression, found anywhere in the message. */
export const parseRegexPattern = (pattern: string): FilterPattern => {
  const source = /^%((?:[^%\\]|\\.)*)%$/.exec(pattern)?.[1]
  if (source === undefined) throw invalidParameter(`Invalid filter pattern at "${pattern}"`)
  const regex = readRegex(source)
  return textPattern(text => regex.test(text))
}

/**
 * `ERROR "two words"` (all of them), `-DEBUG` (without), `?a ?b` (any of them). Case counts. An empty pattern matches
 * every message.
 */
export const parseTermsPattern = (pattern: string): FilterPattern => {
  const terms = readTerms(pattern)
  const of = (kind: Term['kind']): string[] => terms.flatMap(term => (term.kind === kind ? [term.text] : []))
  const [required, excluded, optional] = [of('required'), of('excluded'), of('optional')]
  if (optional.length > 0 && optional.length < terms.length) {
    // AWS ignores the question marks here, in a way that its documentation does not tell.
    throw invalidParameter(
      `Filter patterns that mix ? with other terms are not supported by Sonde: ${pattern}`,
    )
  }
  return textPattern(
    text =>
      required.every(term => text.includes(term)) &&
      !excluded.some(term => text.includes(term)) &&
      (optional.length === 0 || optional.some(term => text.includes(term))),
  )
}
