import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readEmbeddedMetrics } from './embedded-metrics.ts'
import { LogMessage } from './patterns/log-message.ts'

const NOW = Date.UTC(2026, 10, 23, 12)

const read = (document: unknown, prefix = '') =>
  readEmbeddedMetrics(new LogMessage(prefix + JSON.stringify(document)), NOW)

const directive = (more: object = {}) => ({
  Namespace: 'App',
  Dimensions: [['Route'], []],
  Metrics: [{ Name: 'Latency', Unit: 'Milliseconds' }],
  ...more,
})

const document = (more: object = {}, ...directives: object[]) => ({
  _aws: { Timestamp: NOW - 1000, CloudWatchMetrics: directives.length > 0 ? directives : [directive()] },
  Route: '/predict',
  Latency: 12.5,
  ...more,
})

const sample = (more: object = {}) => ({
  namespace: 'App',
  name: 'Latency',
  dimensions: { Route: '/predict' },
  value: 12.5,
  unit: 'Milliseconds',
  timestamp: NOW - 1000,
  ...more,
})

describe('the embedded metric format', () => {
  it('gives each metric in each of its dimension sets', () => {
    expect(read(document())).toEqual({ samples: [sample(), sample({ dimensions: {} })] })
  })

  it.each([
    '2026-11-23T12:00:00.000Z\t8f5c1a52-7a3c-4b8e-9a64-0e2f3cfa1b2d\tINFO\t',
    '[INFO]\t2026-11-23T12:00:00.000Z\t8f5c1a52-7a3c-4b8e-9a64-0e2f3cfa1b2d\t',
  ])('is read behind what the runtime puts before a line: %s', prefix => {
    expect(read(document(), prefix)?.samples).toHaveLength(2)
  })

  it('takes a list of values as one sample each, at a resolution of a second where asked', () => {
    const metrics = directive({ Dimensions: [[]], Metrics: [{ Name: 'Latency', StorageResolution: 1 }] })
    expect(read(document({ Latency: [1, 2] }, metrics))).toEqual({
      samples: [1, 2].map(value => sample({ dimensions: {}, unit: 'None', value, highResolution: true })),
    })
  })

  it.each([
    ['no timestamp', { _aws: { CloudWatchMetrics: [directive()] } }],
    ['a timestamp in text', { _aws: { Timestamp: String(NOW), CloudWatchMetrics: [directive()] } }],
    ['a timestamp of last month', { _aws: { Timestamp: NOW - 31 * 86_400_000, CloudWatchMetrics: [] } }],
    ['a dimension without value', { Route: undefined }],
    ['a dimension that is a number', { Route: 5 }],
    ['a metric without value', { Latency: undefined }],
    ['a metric in text', { Latency: '12' }],
    ['a list with text in it', { Latency: [1, 'x'] }],
    ['more than 100 values', { Latency: Array.from({ length: 101 }, () => 1) }],
    ['directives that are no list', { _aws: { Timestamp: NOW, CloudWatchMetrics: directive() } }],
  ])('counts %s as an error, and gives no metric', (_, more) => {
    expect(read(document(more))).toEqual({ samples: [], error: 'EMFValidationErrors' })
  })

  it.each([
    ['no namespace', { Namespace: '' }],
    ['31 dimensions', { Dimensions: [Array.from({ length: 31 }, () => 'Route')] }],
    ['101 metrics', { Metrics: Array.from({ length: 101 }, () => ({ Name: 'Latency' })) }],
    ['metrics that are no list', { Metrics: {} }],
    ['a unit that is none', { Metrics: [{ Name: 'Latency', Unit: 'Parsec' }] }],
    ['another resolution', { Metrics: [{ Name: 'Latency', StorageResolution: 5 }] }],
  ])('counts a directive with %s as an error, and keeps the others', (_, more) => {
    expect(read(document({}, directive(more), directive()))).toEqual({
      samples: [sample(), sample({ dimensions: {} })],
      error: 'EMFValidationErrors',
    })
  })

  it.each(['plain text', '{"a":1}', '{"_aws":{}}', '{"_aws":5}', 'say "_aws"', '["_aws"]', '{"a":"_aws"}'])(
    'is not seen in %s',
    text => {
      expect(readEmbeddedMetrics(new LogMessage(text), NOW)).toBeUndefined()
    },
  )

  it('cut short counts as a document that cannot be parsed', () => {
    const text = JSON.stringify(document()).slice(0, -5)
    expect(readEmbeddedMetrics(new LogMessage(text), NOW)).toEqual({ samples: [], error: 'EMFParsingErrors' })
  })

  it('survives any document', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (directives, value, dimension) => {
        const aws = { Timestamp: NOW, CloudWatchMetrics: directives }
        const result = read({ _aws: aws, Latency: value, Route: dimension })
        for (const { value: number } of result?.samples ?? []) expect(Number.isFinite(number)).toBe(true)
      }),
    )
  })
})
