'use strict'
// The Runtime API's client: one connection, and the answer of an invocation goes out in the same packet as the request
// for the next one.
const net = require('node:net')
const { toResponse } = require('./errors.cjs')

const PREFIX = '/2018-06-01/runtime'
const HEAD_END = Buffer.from('\r\n\r\n')
const FIRST_BUFFER = 64 * 1024

const parseHeaders = head => {
  const headers = {}
  for (let start = head.indexOf('\r\n') + 2; start > 1 && start < head.length; ) {
    let end = head.indexOf('\r\n', start)
    if (end === -1) end = head.length
    const colon = head.indexOf(':', start)
    headers[head.slice(start, colon).toLowerCase()] = head.slice(colon + 1, end).trim()
    start = end + 2
  }
  return headers
}

/**
 * @param {string} address `host:port` of the Runtime API
 * @param {() => void} onClose called when the connection has gone, with the cloud or without
 */
exports.connect = (address, onClose) => {
  const colon = address.lastIndexOf(':')
  const host = address.slice(0, colon)
  let onInvocation
  let buffered
  /** Answers that still come before that of the pending `next`. */
  let acknowledgements = 0

  const take = chunk => {
    buffered = buffered ? Buffer.concat([buffered, chunk]) : chunk
    for (;;) {
      const headEnd = buffered.indexOf(HEAD_END)
      if (headEnd === -1) return
      const head = buffered.latin1Slice(0, headEnd)
      const headers = parseHeaders(head)
      const bodyStart = headEnd + 4
      const bodyEnd = bodyStart + Number(headers['content-length'] ?? 0)
      if (buffered.length < bodyEnd) return
      const body = buffered.utf8Slice(bodyStart, bodyEnd)
      buffered = bodyEnd === buffered.length ? undefined : buffered.subarray(bodyEnd)
      if (acknowledgements > 0) acknowledgements--
      else {
        // An event loop that holds nothing but this connection is empty in the eyes of the handler.
        socket.unref()
        onInvocation(headers, body)
      }
      if (!buffered) return
    }
  }

  const socket = net.connect({
    host,
    port: Number(address.slice(colon + 1)),
    noDelay: true,
    onread: {
      buffer: Buffer.allocUnsafe(FIRST_BUFFER),
      callback: (size, buffer) => {
        // The buffer is overwritten by the next read: what is kept is copied.
        take(Buffer.from(buffer.subarray(0, size)))
        return true
      },
    },
  })
  socket.on('error', () => {})
  socket.on('close', onClose)

  const NEXT = `GET ${PREFIX}/invocation/next HTTP/1.1\r\nHost: ${address}\r\n\r\n`
  const post = (path, errorType, body) => {
    const type = errorType === undefined ? '' : `Lambda-Runtime-Function-Error-Type: ${errorType}\r\n`
    return `POST ${PREFIX}${path} HTTP/1.1\r\nHost: ${address}\r\nContent-Type: application/json\r\n${type}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  }
  /** Sends, and either asks for the next invocation or calls `then` once the bytes are with the system. */
  const send = (message, then) => {
    acknowledgements++
    if (then) {
      socket.write(message, then)
      return
    }
    socket.ref()
    socket.write(message + NEXT)
  }
  const sendError = (path, error, then) => {
    const response = toResponse(error)
    const type = String(response.errorType).replace(/[^\x20-\x7e]/g, '?')
    send(post(path, type, JSON.stringify(response)), then)
  }

  return {
    start: task => {
      onInvocation = task
      socket.write(NEXT)
    },
    succeeded: (id, body) => send(post(`/invocation/${id}/response`, undefined, body)),
    failed: (id, error, then) => sendError(`/invocation/${id}/error`, error, then),
    initFailed: (error, then) => sendError('/init/error', error, then),
  }
}
