'use strict'
// The Node.js runtime of a function: loads the handler, then serves one invocation after the other over the Lambda
// Runtime API. CommonJS and few modules, because every line here is part of a cold start.
const { dirname } = require('node:path')
const { connect } = require('./client.cjs')
const { confine } = require('./confine.cjs')
const { HANDLER_STREAMING, load } = require('./handler.cjs')
const { exitReason, unhandledRejection } = require('./errors.cjs')
const { createContext } = require('./context.cjs')
const { routeExecuteApi } = require('./execute-api.cjs')
const logging = require('./logging.cjs')

// From nodejs24.x on, Lambda has neither callbacks nor the context's done, succeed and fail.
const RUNTIME_MAJOR = Number(/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV ?? '')?.[1])
const HAS_CALLBACKS = !(RUNTIME_MAJOR >= 24)

const logError = logging.patchConsole()
if (process.env.AWS_ENDPOINT_URL) routeExecuteApi(process.env.AWS_ENDPOINT_URL)
const client = connect(process.env.AWS_LAMBDA_RUNTIME_API, () => process.exit(1))
let handler
/** The invocation in progress. */
let current
/** What to do when the event loop has run empty. */
let whenEmpty = () => {}

const fail = (error, status) => {
  const exit = () => process.exit(status)
  if (current) client.failed(current, error, exit)
  else client.initFailed(error, exit)
}
process.on('uncaughtException', error => {
  logError('Uncaught Exception', error)
  fail(error, 129)
})
process.on('unhandledRejection', reason => {
  const error = unhandledRejection(reason)
  logError('Unhandled Promise Rejection', error)
  fail(error, 128)
})
process.on('beforeExit', () => whenEmpty())

const next = () => {
  current = undefined
  whenEmpty = () => {}
}

const invoke = (headers, body) => {
  const id = headers['lambda-runtime-aws-request-id']
  current = id
  logging.setRequestId(id)
  const traceHeader = headers['lambda-runtime-trace-id']
  if (traceHeader) process.env._X_AMZN_TRACE_ID = traceHeader
  else delete process.env._X_AMZN_TRACE_ID

  let done = false
  const succeed = result => {
    if (done) return
    let text
    try {
      text = JSON.stringify(result === undefined ? null : result)
      if (text === undefined) throw new TypeError()
    } catch {
      failed(new Error('Unable to stringify response body'))
      return
    }
    done = true
    next()
    client.succeeded(id, text)
  }
  const failed = error => {
    if (done) return
    done = true
    logError('Invoke Error', error)
    next()
    client.failed(id, error)
  }
  const isAsync = handler.constructor?.name === 'AsyncFunction' || !HAS_CALLBACKS
  whenEmpty = () => (isAsync ? failed(exitReason()) : succeed(null))

  try {
    const context = createContext(headers)
    if (!HAS_CALLBACKS) {
      Promise.resolve(handler(JSON.parse(body), context)).then(succeed, failed)
      return
    }
    let answered = false
    const once =
      task =>
      (...values) => {
        if (answered) return
        answered = true
        task(...values)
      }
    const isFailure = error => error !== undefined && error !== null
    const finish = (error, result) => (isFailure(error) ? failed(error) : succeed(result))
    context.callbackWaitsForEmptyEventLoop = true
    context.done = once(finish)
    context.succeed = once(result => succeed(result))
    context.fail = once(error => failed(isFailure(error) ? error : 'handled'))
    const callback = once((error, result) => {
      if (isFailure(error)) failed(error)
      else if (!context.callbackWaitsForEmptyEventLoop) succeed(result)
      else whenEmpty = () => setImmediate(() => succeed(result))
    })
    const result = handler(JSON.parse(body), context, callback)
    if (typeof result?.then === 'function') result.then(context.succeed, context.fail)
  } catch (error) {
    failed(error)
  }
}

confine(dirname(process.cwd()))
load(process.cwd(), process.env._HANDLER ?? '', HAS_CALLBACKS)
  .then(loaded => {
    if (loaded[HANDLER_STREAMING]) {
      throw new Error('Response streaming (awslambda.streamifyResponse) is not implemented by Sonde.')
    }
    handler = loaded
    client.start(invoke)
  })
  .catch(error => {
    logError(HAS_CALLBACKS ? 'Uncaught Exception' : 'Init Error', error)
    client.initFailed(error, () => process.exit(129))
  })
