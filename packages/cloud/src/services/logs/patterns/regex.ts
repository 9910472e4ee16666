import { invalidParameter } from '../errors.ts'

/** Letters, digits, the symbols and operators that AWS lists, and the space; parentheses and multi-byte characters are not among them. */
const SUPPORTED = /^[A-Za-z0-9:_#=@/;,\- ^$?[\]{}|\\*+.]*$/
/** What may follow a backslash besides the operators: classes, and a byte in hexadecimal. */
const ESCAPES = /\\(?![dDsSwW^$?[\]{}|\\*+.:_#=@/;,\- "%()&!<>~`']|x[0-9A-Fa-f]{2})/

/**
 * Reads the part of a filter pattern between two `%`: a regular expression in the syntax that CloudWatch Logs supports,
 * to be found anywhere in what it is compared with.
 *
 * @throws ServiceError `InvalidParameterException`
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export const readRegex = (source: string): RegExp => {
  const bare = source.replace(/\\[\x20-\x7e]/g, '')
  if (source === '' || !SUPPORTED.test(bare) || ESCAPES.test(source)) {
    throw invalidParameter(`Invalid regular expression in filter pattern: %${source}%`)
  }
  try {
    return new RegExp(source)
  } catch {
    throw invalidParameter(`Invalid regular expression in filter pattern: %${source}%`)
  }
}
