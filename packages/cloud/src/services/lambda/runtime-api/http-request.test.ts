import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { HttpFormatError, HttpRequestReader, type RuntimeRequest } from './http-request.ts'

const readAll = (chunks: readonly Buffer[], maximum = 1000): RuntimeRequest[] => {
  const reader = new HttpRequestReader(maximum)
  const requests: RuntimeRequest[] = []
  for (const chunk of chunks) {
    reader.push(chunk)
    for (let request = reader.read(); request; request = reader.read()) requests.push(request)
  }
  return requests
}

/** Cuts bytes at the given places. */
const cut = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const sorted = [...new Set(places.map(place => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [0, ...sorted].map((start, index) => bytes.subarray(start, sorted[index] ?? bytes.length))
}

const chunked = (body: Buffer, size: number): Buffer => {
  const parts: Buffer[] = []
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size)
    parts.push(Buffer.from(`${part.length.toString(16)};extension\r\n`), part, Buffer.from('\r\n'))
  }
  return Buffer.concat([...parts, Buffer.from('0\r\nTrailer: x\r\n\r\n')])
}

const message = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  path: fc.webPath().map(path => `/${path}`),
  body: fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
  chunkSize: fc.option(fc.integer({ min: 1, max: 100 })),
})

const encode = ({
  method,
  path,
  body,
  chunkSize,
}: typeof message extends fc.Arbitrary<infer T> ? T : never): Buffer =>
  Buffer.concat([
    Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: x\r\n`),
    chunkSize === null
      ? Buffer.concat([Buffer.from(`content-LENGTH: ${body.length}\r\n\r\n`), body])
      : Buffer.concat([Buffer.from('Transfer-Encoding: chunked\r\n\r\n'), chunked(body, chunkSize)]),
  ])

describe('the reader of a runtime’s requests', () => {
  it('reads any requests, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(2000)),
        (messages, places) => {
          const requests = readAll(cut(Buffer.concat(messages.map(encode)), places))
          expect(
            requests.map(({ method, path, body }) => ({ method, path, body: body.toString('hex') })),
          ).toEqual(messages.map(({ method, path, body }) => ({ method, path, body: body.toString('hex') })))
        },
      ),
    )
  })

  it('answers garbage with an error or waits for more, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.array(fc.nat(400)), (bytes, places) => {
        try {
          readAll(cut(Buffer.from(bytes), places))
        } catch (error) {
          expect(error).toBeInstanceOf(HttpFormatError)
        }
      }),
    )
  })

  it('throws a body away that is over the limit, and reads on', () => {
    const large = Buffer.from(`POST /a HTTP/1.1\r\nContent-Length: 1001\r\n\r\n${'x'.repeat(1001)}`)
    const next = Buffer.from('GET /b HTTP/1.1\r\n\r\n')
    const requests = readAll([large, next])
    expect(requests.map(({ path, tooLarge, body }) => [path, tooLarge, body.length])).toEqual([
      ['/a', true, 0],
      ['/b', false, 0],
    ])
  })

  it('lets a client that asks first send its body', () => {
    const onContinue = vi.fn()
    const reader = new HttpRequestReader(10, onContinue)
    reader.push(Buffer.from('POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n'))
    expect(reader.read()).toBeUndefined()
    expect(onContinue).toHaveBeenCalledOnce()
    reader.push(Buffer.from('ok'))
    expect(reader.read()?.body.toString()).toBe('ok')
  })

  it.each([
    ['no request line', 'hello\r\n\r\n'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\n'],
    ['a length that is no number', 'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    ['a length and chunks', 'POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a chunk without a size', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
    ['a chunk longer than its size', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n'],
    ['an endless head', `GET / HTTP/1.1\r\n${'a: b\r\n'.repeat(20_000)}`],
  ])('refuses %s', (_title, text) => {
    expect(() => readAll([Buffer.from(text)])).toThrow(HttpFormatError)
  })
})
