'use strict'
// The console as Lambda shows it: each call is one event, written at once, so that a crash loses none.
const fs = require('node:fs')
const { intoError, toLogLine } = require('./errors.cjs')

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']
const FRAME_HEADER = 16
const FRAME_TEXT = 0xa55a0003
const FRAME_JSON = 0xa55a0002

const REQUEST_ID = Symbol.for('aws.lambda.runtime.requestId')

let format
/** `util` costs a cold start more than the rest of this file; most first lines are a single string. */
const formatted = values => {
  if (values.length === 1 && typeof values[0] === 'string') return values[0]
  format ??= require('node:util').format
  return format(...values)
}

const errorFields = error => ({
  errorType: error.constructor?.name ?? 'UnknownError',
  errorMessage: error.message,
  stackTrace: typeof error.stack === 'string' ? error.stack.split('\n') : [],
})

const jsonLine = (time, level, values) => {
  const line = { timestamp: time, level, requestId: globalThis[REQUEST_ID] }
  if (values.length === 1) {
    try {
      const expand = (_key, value) => (value instanceof Error ? { ...errorFields(value), ...value } : value)
      return JSON.stringify({ ...line, message: values[0] }, expand)
    } catch {
      return JSON.stringify({ ...line, message: formatted(values) })
    }
  }
  const error = values.find(value => value instanceof Error)
  return JSON.stringify({ ...line, message: formatted(values), ...(error ? errorFields(error) : {}) })
}

const textLine = (time, level, values) =>
  `${time}\t${globalThis[REQUEST_ID]}\t${level}\t${formatted(values)}\n`

/** One frame of the log pipe: type and level, length, microseconds since the epoch, message; big endian. */
const writeFrame = (fd, type, rank, milliseconds, text) => {
  const length = Buffer.byteLength(text)
  const frame = Buffer.allocUnsafe(FRAME_HEADER + length)
  frame.writeUInt32BE((type | ((rank + 1) << 2)) >>> 0, 0)
  frame.writeUInt32BE(length, 4)
  frame.writeBigUInt64BE(BigInt(milliseconds) * 1000n, 8)
  frame.utf8Write(text, FRAME_HEADER)
  for (let written = 0; written < frame.length; ) written += fs.writeSync(fd, frame, written)
}

exports.setRequestId = id => {
  globalThis[REQUEST_ID] = id
}

/** Replaces the console's methods. @returns {(title: string, error: unknown) => void} logs a failure */
exports.patchConsole = () => {
  const fd = Number(process.env._LAMBDA_TELEMETRY_LOG_FD)
  delete process.env._LAMBDA_TELEMETRY_LOG_FD
  const json = process.env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON'
  const lowest = Math.max(0, LEVELS.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase() ?? 'TRACE'))
  const type = json ? FRAME_JSON : FRAME_TEXT
  const line = json ? jsonLine : textLine
  const target = globalThis.console

  for (const [rank, level] of LEVELS.entries()) {
    const log = (...values) => {
      const now = new Date()
      writeFrame(fd, type, rank, now.getTime(), line(now.toISOString(), level, values))
    }
    target[level.toLowerCase()] = rank >= lowest || level === 'FATAL' ? log : () => {}
  }
  target.log = target.info
  return (title, error) => {
    if (json) target.error(intoError(error))
    else target.error(title, toLogLine(intoError(error)))
  }
}
