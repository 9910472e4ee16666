import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDatagram } from './datagram.ts'

const HEADER = '{"format":"json","version":1}'

describe('a datagram', () => {
  it.each([
    ['a document', `${HEADER}\n{"id":"1"}`, '{"id":"1"}'],
    ['a document of several lines', `${HEADER}\n{\n "id": "1"\n}`, '{\n "id": "1"\n}'],
    ['a format in capitals', '{"format":"JSON","version":1}\n{}', '{}'],
    ['a header with blanks and more members', '{ "format": "json", "version": 1, "x": 2 }\n{}', '{}'],
    ['a body that is no JSON, which X-Ray will refuse', `${HEADER}\nhello`, 'hello'],
    ['a document behind a carriage return', `${HEADER}\r\n{}`, '{}'],
    ['a text of many languages', `${HEADER}\n{"name":"Zürich 東京"}`, '{"name":"Zürich 東京"}'],
  ])('with %s gives what follows the first newline', (_, text, document) => {
    expect(readDatagram(Buffer.from(text))).toEqual({ kind: 'document', text: document })
  })

  it.each([
    ['nothing', '', 'Missing header or segment'],
    ['no newline', HEADER, 'Missing header or segment'],
    ['no body', `${HEADER}\n`, 'Missing header or segment'],
    ['an empty header', '\n{}', 'Invalid header'],
    ['a header that is no JSON', 'hello\n{}', 'Invalid header'],
    ['a header of null', 'null\n{}', 'Invalid header'],
    ['another version', '{"format":"json","version":2}\n{}', 'Invalid header'],
    ['a version as text', '{"format":"json","version":"1"}\n{}', 'Invalid header'],
    ['another format', '{"format":"xml","version":1}\n{}', 'Invalid header'],
    [
      'a header that is too long',
      `{"format":"json","version":1,"x":"${'x'.repeat(2_000)}"}\n{}`,
      'Invalid header',
    ],
    ['OTLP data that is no base64', `${HEADER}\nT1S!!!`, 'Invalid OTLP data'],
  ])('with %s is rejected', (_, text, reason) => {
    expect(readDatagram(Buffer.from(text))).toEqual({ kind: 'rejected', reason })
  })

  it.each([
    ['T1S', true],
    ['T1U', false],
  ])('with %s holds an OTLP export', (prefix, sampled) => {
    const request = Buffer.from([10, 0, 255])
    const text = `${HEADER}\n${prefix}${request.toString('base64')}`
    expect(readDatagram(Buffer.from(text))).toEqual({ kind: 'otlp', sampled, request })
  })

  it('gives back every document as it was sent', () => {
    fc.assert(
      fc.property(fc.json(), document => {
        fc.pre(!document.startsWith('T1'))
        expect(readDatagram(Buffer.from(`${HEADER}\n${document}`))).toEqual({
          kind: 'document',
          text: document,
        })
      }),
    )
  })
})
