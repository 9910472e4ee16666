import { createSocket } from 'node:dgram'
import { describe, expect, it, vi } from 'vitest'
import { readDocument } from '../document/read-document.ts'
import { decodeJson } from '../otlp/decode-json.ts'
import { decodeProtobuf } from '../otlp/decode-protobuf.ts'
import { MalformedRequest } from '../otlp/model.ts'
import { translate } from '../otlp/translate/document.ts'
import { createDaemon } from './daemon.ts'

const HEADER = '{"format":"json","version":1}\n'
const NOW = Date.UTC(2026, 10, 23)
const TIME = Math.floor(NOW / 1_000)

/** A small generator with a seed (mulberry32), so that a failure repeats. */
const createRandom = (seed: number) => {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { below: (limit: number): number => Math.floor(next() * limit) }
}
type Random = ReturnType<typeof createRandom>

const TOKENS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  ',',
  ':',
  '\n',
  '\u0000',
  'null',
  '1e999',
  '-1',
  '\ud800',
  'T1S',
  '""',
]

const MUTATIONS: ReadonlyArray<(bytes: Buffer, random: Random) => Buffer> = [
  (bytes, random) => {
    const copy = Buffer.from(bytes)
    for (let count = 1 + random.below(8); count > 0; count--)
      copy[random.below(copy.length)] = random.below(256)
    return copy
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  (bytes, random) => bytes.subarray(random.below(bytes.length)),
  (bytes, random) => {
    const at = random.below(bytes.length)
    const token = Buffer.from(TOKENS[random.below(TOKENS.length)] ?? '')
    return Buffer.concat([bytes.subarray(0, at), token, bytes.subarray(at)])
  },
  (bytes, random) => {
    const from = random.below(bytes.length)
    const part = bytes.subarray(from, from + random.below(64))
    return Buffer.concat([bytes.subarray(0, from), part, part, bytes.subarray(from)])
  },
]

const mutate = (bytes: Buffer, random: Random): Buffer => {
  let mutated = bytes
  for (let count = 1 + random.below(3); count > 0 && mutated.length > 0; count--) {
    mutated = MUTATIONS[random.below(MUTATIONS.length)]?.(mutated, random) ?? mutated
  }
  return mutated
}

const documentOf = (index: number): string =>
  JSON.stringify({
    name: 'flights',
    id: (index + 1).toString(16).padStart(16, '0'),
    trace_id: `1-${TIME.toString(16)}-${index.toString(16).padStart(24, '0')}`,
    start_time: TIME,
    end_time: TIME + 0.25,
    annotations: { model: 'v2', index },
    subsegments: [{ id: 'aaaaaaaaaaaaaaaa', name: '## predict', start_time: TIME, end_time: TIME + 0.1 }],
  })

const JSON_EXPORT = JSON.stringify({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'flights' } }] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: '5e0be100a006649127e371903a2de979',
              spanId: '53995c3f42cd8ad8',
              name: 'GET',
              kind: 3,
              startTimeUnixNano: '1577836800000000000',
              endTimeUnixNano: '1577836801000000000',
              attributes: [
                { key: 'http.request.method', value: { stringValue: 'GET' } },
                { key: 'list', value: { arrayValue: { values: [{ intValue: '7' }, { boolValue: true }] } } },
                {
                  key: 'map',
                  value: { kvlistValue: { values: [{ key: 'a', value: { doubleValue: 0.5 } }] } },
                },
              ],
              events: [
                {
                  timeUnixNano: 1_577_836_800_000_000,
                  name: 'exception',
                  attributes: [
                    { key: 'exception.stacktrace', value: { stringValue: 'Error\n    at a (b.js:1:2)' } },
                  ],
                },
              ],
              links: [{ traceId: '5e0be100a006649127e371903a2de970', spanId: '1111111111111111' }],
              status: { code: 2, message: 'failed' },
            },
          ],
        },
      ],
    },
  ],
})

/** Writes protobuf by field numbers, so that mutants start from something whole. */
const field = (number: number, value: string | number | Buffer): Buffer => {
  if (typeof value === 'number') return Buffer.from([number * 8, value])
  const body = Buffer.from(value)
  return Buffer.concat([Buffer.from([number * 8 + 2, (body.length % 128) | 128, body.length >> 7]), body])
}
const fixed = (number: number, nanoseconds: bigint): Buffer => {
  const bytes = Buffer.alloc(9)
  bytes[0] = number * 8 + 1
  bytes.writeBigUInt64LE(nanoseconds, 1)
  return bytes
}
const all = (...parts: Buffer[]): Buffer => Buffer.concat(parts)
const pair = (key: string, value: Buffer): Buffer => all(field(1, key), field(2, value))

const SPAN = all(
  field(1, Buffer.from('5e0be100a006649127e371903a2de979', 'hex')),
  field(2, Buffer.from('53995c3f42cd8ad8', 'hex')),
  field(5, 'GET'),
  field(6, 3),
  fixed(7, 1_577_836_800_000_000_000n),
  fixed(8, 1_577_836_801_000_000_000n),
  field(9, pair('http.request.method', field(1, 'GET'))),
  field(9, pair('list', field(5, all(field(1, field(3, 7)), field(1, field(2, 1)))))),
  field(9, pair('map', field(6, field(1, pair('a', field(1, 'b')))))),
  field(11, all(fixed(1, 1n), field(2, 'exception'), field(3, pair('exception.message', field(1, 'x'))))),
  field(13, field(2, Buffer.from('1111111111111111', 'hex'))),
  field(15, all(field(2, 'failed'), field(3, 2))),
)
const PROTOBUF_EXPORT = field(
  1,
  all(field(1, field(1, pair('service.name', field(1, 'flights')))), field(2, field(2, SPAN))),
)

/** What is not refused as malformed must have become documents; anything else thrown is a crash. */
const survives = (decode: () => ReturnType<typeof decodeJson>): 'taken' | 'refused' => {
  try {
    const { documents } = translate(decode(), NOW)
    for (const text of documents) JSON.parse(text)
    return 'taken'
  } catch (error) {
    if (error instanceof MalformedRequest) return 'refused'
    throw error
  }
}

const tally = (outcomes: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

describe('mutants', () => {
  it('of 60,000 datagrams crash nothing, and every valid document among them arrives as it was', async () => {
    const random = createRandom(1)
    const arrived: string[] = []
    const daemon = createDaemon({
      deliver: documents => {
        arrived.push(...documents)
        return 0
      },
      forward: () => Promise.reject(new Error('not asked')),
      onFailure: error => {
        throw error
      },
      // All of them wait at once: nothing may be dropped for want of room here.
      maxCharacters: 2 ** 28,
    })
    const valid: string[] = []
    const otlp = Buffer.from(`${HEADER}T1S${PROTOBUF_EXPORT.toString('base64')}`)
    for (let index = 0; index < 60_000; index++) {
      const document = documentOf(index)
      const datagram = Buffer.from(HEADER + document)
      daemon.receive(mutate(index % 4 === 0 ? otlp : datagram, random))
      if (index % 10 === 0) {
        valid.push(document)
        daemon.receive(datagram)
      }
    }
    await daemon.stop()
    const kept = new Set(arrived)
    expect(valid.filter(document => !kept.has(document))).toEqual([])
    const { rejected, added, delivered, datagrams } = daemon.counters()
    expect(datagrams).toBe(66_000)
    expect(rejected).toBeGreaterThan(10_000)
    expect(added).toBe(delivered)
    // What the store's reader makes of what arrived: a document, or one of X-Ray's errors.
    const outcomes = tally(arrived.map(text => ('document' in readDocument(text) ? 'document' : 'error')))
    expect(outcomes.document).toBeGreaterThanOrEqual(6_000)
    expect(outcomes.error).toBeGreaterThan(1_000)
  })

  it.each([
    ['protobuf', PROTOBUF_EXPORT, (bytes: Buffer) => decodeProtobuf(bytes)],
    ['JSON', Buffer.from(JSON_EXPORT), (bytes: Buffer) => decodeJson(bytes.toString('utf8'))],
  ])('of 30,000 OTLP exports crash nothing: %s', (_, whole, decode) => {
    const random = createRandom(2)
    expect(survives(() => decode(whole))).toBe('taken')
    const outcomes = tally(
      Array.from({ length: 30_000 }, () => {
        const mutant = mutate(whole, random)
        return survives(() => decode(mutant))
      }),
    )
    expect(outcomes.refused).toBeGreaterThan(5_000)
    expect(outcomes.taken).toBeGreaterThan(500)
  })

  it('that nest without end are refused, in both forms', () => {
    let value = field(1, 'x')
    for (let depth = 0; depth < 500; depth++) {
      const body = field(5, field(1, value))
      if (body.length > 16_000) break
      value = body
    }
    const request = field(1, field(1, field(1, pair('a', value))))
    expect(survives(() => decodeProtobuf(request))).toBe('refused')
    const deep = `${'{"arrayValue":{"values":['.repeat(5_000)}{}${']}}'.repeat(5_000)}`
    const text = `{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":${deep}}]}}]}`
    expect(survives(() => decodeJson(text))).toBe('refused')
  })

  it('of 4,000 datagrams over a real socket leave every valid document whole', async () => {
    const random = createRandom(3)
    const arrived: string[] = []
    const daemon = createDaemon({
      port: 0,
      deliver: documents => {
        arrived.push(...documents)
        return 0
      },
      forward: () => Promise.reject(new Error('not asked')),
    })
    await daemon.start()
    const port = Number(daemon.address().split(':')[1])
    const socket = createSocket('udp4')
    const send = (bytes: Buffer) => new Promise(resolve => socket.send(bytes, port, '127.0.0.1', resolve))
    const valid: string[] = []
    for (let index = 0; index < 2_000; index++) {
      const document = documentOf(index)
      valid.push(document)
      await send(mutate(Buffer.from(HEADER + document), random))
      await send(Buffer.from(HEADER + document))
    }
    socket.close()
    await vi.waitFor(() => expect(daemon.counters().datagrams).toBe(4_000), { timeout: 10_000 })
    await daemon.stop()
    const kept = new Set(arrived)
    expect(valid.filter(document => !kept.has(document))).toEqual([])
    expect(daemon.counters().rejected).toBeGreaterThan(200)
  })
})
