'use strict'
// A function that calls a deployed API by the URL that a stack's output names finds it here: on AWS that name resolves by
// itself, on this machine it would lead to AWS.
const EXECUTE_API = /^https:\/\/([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?(?=[/?#]|$)/

/** @param {string} endpoint of the local cloud */
const routeExecuteApi = endpoint => {
  const { fetch } = globalThis
  const local = url => url.replace(EXECUTE_API, (_, id) => `${endpoint}/_aws/execute-api/${id}`)
  globalThis.fetch = (input, init) => {
    if (typeof input === 'string' || input instanceof URL) return fetch(local(String(input)), init)
    return EXECUTE_API.test(input?.url)
      ? fetch(new Request(local(input.url), input), init)
      : fetch(input, init)
  }
}

module.exports = { routeExecuteApi }
