import { invalidParameter } from '../errors.ts'
import { parseFieldsPattern } from './fields-pattern.ts'
import { parseJsonPattern } from './json-pattern.ts'
import type { LogMessage } from './log-message.ts'
import { parseRegexPattern, parseTermsPattern } from './terms-pattern.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
const MAX_PATTERN = 1_024

/** What can be read from a message that a pattern matches. */
export interface PatternMatch {
  /** The value that `$.selector` or `$field` names; `undefined` where there is none. */
  value(selector: string): unknown
  /** The values that the pattern names, by `$.selector` or `$field`. */
  extracted(): Record<string, string>
}

/** A filter pattern, ready to be applied. */
export interface FilterPattern {
  /** Terms or a regular expression, a JSON expression, or space-delimited fields. */
  readonly kind: 'text' | 'json' | 'fields'
  /** Whether matches can tell what `selector` names. */
  reads(selector: string): boolean
  match(message: LogMessage): PatternMatch | undefined
}

const KINDS: ReadonlyArray<readonly [opening: string, parse: (pattern: string) => FilterPattern]> = [
  ['{', parseJsonPattern],
  ['[', parseFieldsPattern],
  ['%', parseRegexPattern],
]

/**
 * Reads a filter pattern of any kind. A comparison of a JSON pattern needs the value to be there: of what is missing,
 * `!=` is not true either.
 *
 * @throws ServiceError `InvalidParameterException` for a pattern that is none
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export const parseFilterPattern = (pattern: string): FilterPattern => {
  if (pattern.length > MAX_PATTERN) {
    throw invalidParameter(`The filter pattern is longer than ${MAX_PATTERN} characters`)
  }
  const trimmed = pattern.trim()
  const [, parse = parseTermsPattern] = KINDS.find(([opening]) => trimmed.startsWith(opening)) ?? []
  return parse(trimmed)
}
