import type { IncomingMessage } from 'node:http'

/** What {@link readBody} answers for a body beyond the limit. */
export const TOO_LARGE: unique symbol = Symbol('too large')

/**
 * Reads a request's body; one that comes in one piece is not copied.
 *
 * @returns `undefined` where the client went away
 */
export const readBody = (
  request: IncomingMessage,
  limit: number,
): Promise<Buffer | typeof TOO_LARGE | undefined> =>
  new Promise(resolve => {
    let first: Buffer | undefined
    let chunks: Buffer[] | undefined
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > limit) {
        request.removeAllListeners('data')
        request.resume()
        resolve(TOO_LARGE)
      } else if (!first) first = chunk
      else if (chunks) chunks.push(chunk)
      else chunks = [first, chunk]
    })
    request.once('end', () => resolve(chunks ? Buffer.concat(chunks, length) : (first ?? Buffer.alloc(0))))
    request.once('error', () => resolve(undefined))
    request.once('close', () => resolve(undefined))
  })
