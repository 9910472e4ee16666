import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameReader, LineReader } from './output-reader.ts'

const frame = (text: string, milliseconds: number): Buffer => {
  const body = Buffer.from(text)
  const header = Buffer.alloc(16)
  header.writeUInt32BE(0xa55a000f, 0)
  header.writeUInt32BE(body.length, 4)
  header.writeBigUInt64BE(BigInt(milliseconds) * 1000n, 8)
  return Buffer.concat([header, body])
}

const pieces = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  )

describe('output of a function’s process', () => {
  it('becomes one event a line, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' })),
        fc.integer({ min: 1, max: 30 }),
        (texts, size) => {
          const lines = texts.map(text => `${text.replaceAll('\n', ' ')}\n`)
          const events: string[] = []
          const reader = new LineReader(message => events.push(message))
          for (const piece of pieces(Buffer.from(lines.join('')), size)) reader.push(piece)
          reader.flush()
          expect(events).toEqual(lines)
        },
      ),
    )
  })

  it('that does not end its line is passed on at the end', () => {
    const events: string[] = []
    const reader = new LineReader(message => events.push(message))
    reader.push(Buffer.from('unfinished'))
    expect(events).toEqual([])
    reader.flush()
    expect(events).toEqual(['unfinished\n'])
  })

  it('in frames keeps its line breaks and times, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.nat(2_000_000_000))),
        fc.integer({ min: 1, max: 40 }),
        (messages, size) => {
          const events: Array<[string, number | undefined]> = []
          const reader = new FrameReader((message, time) => events.push([message, time]))
          const bytes = Buffer.concat(messages.map(([text, time]) => frame(`${text}\n`, time)))
          for (const piece of pieces(bytes, size)) reader.push(piece)
          expect(events).toEqual(messages.map(([text, time]) => [`${text}\n`, time]))
        },
      ),
    )
  })

  it('that is no frame is read as lines', () => {
    const events: string[] = []
    const reader = new FrameReader(message => events.push(message))
    reader.push(Buffer.from('not a frame at all\nnor this\n'))
    expect(events).toEqual(['not a frame at all\n', 'nor this\n'])
  })
})
