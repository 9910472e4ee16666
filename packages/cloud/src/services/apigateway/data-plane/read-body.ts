import type { IncomingMessage } from 'node:http'

/** What {@link readBody} answers for a body beyond the limit. */
export const TOO_LARGE: unique symbol = Symbol('too large')

const NOTHING = Buffer.alloc(0)

/**
 * Reads a request's body; one that comes in one piece is not copied.
 *
 * @param limit bytes
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
    const take = (chunk: Buffer): void => {
      length += chunk.length
      if (length > limit) {
        // The rest is read and dropped: a client that still sends would not see the answer.
        request.off('data', take)
        request.resume()
        resolve(TOO_LARGE)
      } else if (!first) first = chunk
      else if (chunks) chunks.push(chunk)
      else chunks = [first, chunk]
    }
    request.on('data', take)
    request.on('end', () => resolve(chunks ? Buffer.concat(chunks, length) : (first ?? NOTHING)))
    // Follows `end`, and comes alone where the client went away: that is no error without a listener for it.
    request.on('close', () => resolve(undefined))
  })
