import { randomBytes, randomInt, randomUUID } from 'node:crypto'

const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789'
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const MIXED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

const pick = (alphabet: string, length: number): string =>
  Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('')

/** API Gateway's ids: 10 lower-case letters and digits. */
export const lowerAlphanumeric = (length: number): string => pick(LOWER, length)

/** The random end of CloudFormation's physical names, and access key ids. */
export const upperAlphanumeric = (length: number): string => pick(UPPER, length)

/** API key values: letters of both cases and digits. */
export const alphanumeric = (length: number): string => pick(MIXED, length)

/** `digits` lower-case hexadecimal digits, as in log stream names and trace ids. */
export const hex = (digits: number): string =>
  randomBytes(Math.ceil(digits / 2))
    .toString('hex')
    .slice(0, digits)

export const uuid = (): string => randomUUID()
