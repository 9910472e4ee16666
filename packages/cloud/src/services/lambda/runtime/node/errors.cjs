'use strict'
// Errors in the form in which Lambda's own Node.js runtime reports them.

const named = (name, message, cause) => {
  const error = new Error(message, cause === undefined ? undefined : { cause })
  error.name = `Runtime.${name}`
  // The stack starts with name and message, which it took when the error was made.
  if (error.stack) error.stack = `${error.name}: ${error.stack.slice(error.stack.indexOf(':') + 2)}`
  Object.defineProperty(error, 'name', { enumerable: false })
  Object.defineProperty(error, 'cause', { enumerable: false })
  return error
}

const isErrorLike = value =>
  value instanceof Error ||
  (typeof value?.name === 'string' && typeof value?.message === 'string' && typeof value?.stack === 'string')

/** The error document: errorType, errorMessage and the stack's lines. */
const toResponse = error => {
  try {
    if (isErrorLike(error)) {
      return {
        errorType: error.name,
        errorMessage: error.message,
        trace: typeof error.stack === 'string' ? error.stack.split('\n') : [],
      }
    }
    return { errorType: typeof error, errorMessage: error.toString(), trace: [] }
  } catch {
    return {
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
    }
  }
}

const withProperties = (_key, value) => {
  if (!(value instanceof Error)) return value
  return {
    errorType: value.name,
    errorMessage: value.message,
    code: value.code,
    ...value,
    ...(typeof value.stack === 'string' ? { stack: value.stack.split('\n') } : {}),
  }
}

module.exports = {
  named,
  toResponse,
  intoError: value => (value instanceof Error ? value : new Error(String(value))),
  /** The error as one line of log. */
  toLogLine: error => {
    try {
      return `\t${JSON.stringify(error, withProperties)}`
    } catch {
      return `\t${JSON.stringify(toResponse(error))}`
    }
  },
  unhandledRejection: reason => {
    const error = named('UnhandledPromiseRejection', String(reason))
    error.reason = reason
    error.promise = {}
    return error
  },
  exitReason: () =>
    named(
      'NodeJsExit',
      'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes',
    ),
}
