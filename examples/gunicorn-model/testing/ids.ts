import { randomBytes } from 'node:crypto'

/** An X-Ray id of a segment. */
export const newId = (): string => randomBytes(8).toString('hex')

/** An X-Ray id of a trace that begins now. */
export const newTraceId = (): string =>
  `1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`
