import { describe, expect, it } from 'vitest'
import { resourceRequest, SCOPE, withGroup } from './test-service.ts'

const MINUTE = 60_000
const NOON = Date.UTC(2030, 0, 1, 12)

const start = async () => {
  const running = await withGroup({ time: NOON })
  const { clock, samples, call } = running
  /** All that was published so far, of one namespace. */
  const published = async (namespace: string) => {
    await clock.advance(0)
    return samples
      .filter(sample => sample.namespace === namespace)
      .map(({ name, dimensions, value, unit, timestamp }) => ({ name, dimensions, value, unit, timestamp }))
  }
  const put = (filterPattern: string, more: object = {}, filterName = 'f') =>
    call.PutMetricFilter({
      logGroupName: 'g',
      filterName,
      filterPattern,
      metricTransformations: [{ metricName: 'M', metricNamespace: 'App', metricValue: '1', ...more }],
    })
  const log = (...messages: string[]) => running.log('s', ...messages)
  return { ...running, log, published, put }
}

describe("Logs' own metrics", () => {
  it('count bytes and events by region and by group', async () => {
    const { log, published } = await start()
    log('one', 'zwölf')
    const of = (name: string, dimensions: object, value: number, unit: string) => ({
      name,
      dimensions,
      value,
      unit,
      timestamp: NOON,
    })
    expect(await published('AWS/Logs')).toEqual([
      of('IncomingBytes', {}, 9, 'Bytes'),
      of('IncomingBytes', { LogGroupName: 'g' }, 9, 'Bytes'),
      of('IncomingLogEvents', {}, 2, 'Count'),
      of('IncomingLogEvents', { LogGroupName: 'g' }, 2, 'Count'),
    ])
  })

  it('are one sample for all that is written in a turn, however many lines', async () => {
    const { log, published } = await start()
    for (let line = 0; line < 1_000; line++) log('line')
    expect((await published('AWS/Logs')).map(({ name, value }) => [name, value])).toEqual([
      ['IncomingBytes', 4_000],
      ['IncomingBytes', 4_000],
      ['IncomingLogEvents', 1_000],
      ['IncomingLogEvents', 1_000],
    ])
  })

  it('count events whose embedded metrics cannot be read', async () => {
    const { log, published } = await start()
    log('{"_aws":', `{"_aws":{"Timestamp":${NOON},"CloudWatchMetrics":{}}}`)
    const names = (await published('AWS/Logs')).filter(({ name }) => name.startsWith('EMF'))
    expect(names.map(({ name, dimensions }) => [name, dimensions])).toEqual([
      ['EMFParsingErrors', {}],
      ['EMFParsingErrors', { LogGroupName: 'g' }],
      ['EMFValidationErrors', {}],
      ['EMFValidationErrors', { LogGroupName: 'g' }],
    ])
  })
})

describe('embedded metrics', () => {
  it('are published at the time that the document gives', async () => {
    const { log, published } = await start()
    const aws = {
      Timestamp: NOON - MINUTE,
      CloudWatchMetrics: [{ Namespace: 'App', Dimensions: [['Model']], Metrics: [{ Name: 'Score' }] }],
    }
    log(JSON.stringify({ _aws: aws, Model: 'm1', Score: 0.5 }))
    expect(await published('App')).toEqual([
      { name: 'Score', dimensions: { Model: 'm1' }, value: 0.5, unit: 'None', timestamp: NOON - MINUTE },
    ])
  })

  it('of PutLogEvents are published too', async () => {
    const { call, published } = await start()
    await call.CreateLogStream({ logGroupName: 'g', logStreamName: 'x' })
    const aws = { Timestamp: NOON, CloudWatchMetrics: [{ Namespace: 'App', Metrics: [{ Name: 'A' }] }] }
    const message = JSON.stringify({ _aws: aws, A: 3 })
    await call.PutLogEvents({
      logGroupName: 'g',
      logStreamName: 'x',
      logEvents: [{ timestamp: NOON, message }],
    })
    expect(await published('App')).toMatchObject([{ name: 'A', value: 3, dimensions: {} }])
  })
})

describe('a metric filter', () => {
  it('publishes a number for each match, at the time of the event', async () => {
    const { log, published, put } = await start()
    await put('ERROR', { unit: 'Count' })
    log('ERROR a', 'fine', 'ERROR b')
    expect(await published('App')).toEqual(
      [1, 1].map(value => ({ name: 'M', dimensions: {}, value, unit: 'Count', timestamp: NOON })),
    )
  })

  it.each([
    ['{ $.latency = * }', { metricValue: '$.latency' }, '{"latency":12.5}', [12.5]],
    ['{ $.latency = * }', { metricValue: '$.latency' }, '{"latency":"7"}', [7]],
    ['{ $.latency = * }', { metricValue: '$.latency' }, '{"latency":"slow"}', []],
    ['{ $.a.b > 1 }', { metricValue: '$.c[1]' }, '{"a":{"b":2},"c":[0,5]}', [5]],
    ['[level, ms]', { metricValue: '$ms' }, 'INFO 31', [31]],
    ['[level, ms]', { metricValue: '$ms' }, 'INFO fast', []],
    ['%took%', { metricValue: '-1.5e1' }, 'it took long', [-15]],
  ])('%s with %j takes from %s the values %j', async (pattern, more, message, values) => {
    const { log, published, put } = await start()
    await put(pattern, more)
    log(message)
    expect((await published('App')).map(({ value }) => value)).toEqual(values)
  })

  it('publishes by dimensions that the event has', async () => {
    const { log, published, put } = await start()
    await put('{ $.ms = * }', { metricValue: '$.ms', dimensions: { Route: '$.route', Code: '$.code' } })
    log('{"ms":5,"route":"/a","code":200}', '{"ms":6,"route":"/a"}')
    expect(await published('App')).toMatchObject([{ value: 5, dimensions: { Route: '/a', Code: '200' } }])
  })

  it('gives its default value for a minute in which events came and none matched', async () => {
    const { clock, log, published, put } = await start()
    await put('ERROR', { defaultValue: 0 })
    log('fine')
    await clock.advance(MINUTE)
    log('fine', 'ERROR')
    await clock.advance(5 * MINUTE)
    log('fine')
    await clock.advance(30_000)
    log('ERROR')
    await clock.advance(30 * 86_400_000)
    expect((await published('App')).map(({ value, timestamp }) => [value, timestamp])).toEqual([
      [0, NOON],
      [1, NOON + MINUTE],
      [1, NOON + 6 * MINUTE + 30_000],
    ])
  })

  it('gives no default value once it is deleted, replaced or reset; the other filters of its group do', async () => {
    const { service, clock, call, log, published, put } = await start()
    for (const name of ['deleted', 'replaced', 'other']) {
      await put('ERROR', { metricName: name, defaultValue: 0 }, name)
    }
    log('fine')
    await clock.advance(30_000)
    await call.DeleteMetricFilter({ logGroupName: 'g', filterName: 'deleted' })
    await put('ERROR', { metricName: 'replacing', defaultValue: 7 }, 'replaced')
    log('fine')
    await clock.advance(MINUTE)
    const names = (await published('App')).map(({ name }) => name)
    expect(names.sort()).toEqual(['other', 'replacing'])
    log('fine')
    await clock.advance(0)
    service.reset?.()
    await clock.advance(MINUTE)
    expect(await published('App')).toHaveLength(2)
  })

  it('is described, found by its metric, counted, and gone with its group', async () => {
    const { call, put } = await start()
    await put('{ $.a = 1 }', { dimensions: { A: '$.a' } }, 'b')
    await put('ERROR', { metricName: 'N', defaultValue: 0, unit: 'Count' }, 'a')
    const describeFilters = (input: object = {}) =>
      call.DescribeMetricFilters(input) as Promise<{ metricFilters: Array<{ filterName: string }> }>
    expect(await describeFilters({ logGroupName: 'g' })).toEqual({
      metricFilters: [
        {
          filterName: 'a',
          filterPattern: 'ERROR',
          metricTransformations: [
            { metricName: 'N', metricNamespace: 'App', metricValue: '1', defaultValue: 0, unit: 'Count' },
          ],
          creationTime: NOON,
          logGroupName: 'g',
        },
        {
          filterName: 'b',
          filterPattern: '{ $.a = 1 }',
          metricTransformations: [
            { metricName: 'M', metricNamespace: 'App', metricValue: '1', dimensions: { A: '$.a' } },
          ],
          creationTime: NOON,
          logGroupName: 'g',
        },
      ],
    })
    const byMetric = await describeFilters({ metricName: 'N', metricNamespace: 'App' })
    expect(byMetric.metricFilters.map(({ filterName }) => filterName)).toEqual(['a'])
    expect(await call.DescribeLogGroups({})).toMatchObject({ logGroups: [{ metricFilterCount: 2 }] })
    await call.DeleteMetricFilter({ logGroupName: 'g', filterName: 'a' })
    await expect(call.DeleteMetricFilter({ logGroupName: 'g', filterName: 'a' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    })
    await call.DeleteLogGroup({ logGroupName: 'g' })
    expect((await describeFilters()).metricFilters).toEqual([])
  })

  it.each([
    ['{ $.a = 1', {}, 'Invalid filter pattern'],
    ['ERROR', { metricValue: '$.a' }, 'neither a number nor a field'],
    ['[a, b]', { metricValue: '$c' }, 'neither a number nor a field'],
    ['ERROR', { dimensions: { A: '$.a' } }, 'The specified filter pattern does not support dimensions'],
    [
      '{ $.a = 1 }',
      { dimensions: { A: '$.a' }, defaultValue: 0 },
      'Invalid metric transformation: dimensions and default value are mutually exclusive properties.',
    ],
    ['{ $.a = 1 }', { dimensions: { A: '$.a', B: '$.b', C: '$.c', D: '$.d' } }, 'at most 3 dimensions'],
    ['ERROR', { unit: 'Parsec' }, "Value 'Parsec' at 'metricTransformations.1.member.unit'"],
    ['ERROR', { metricName: 'a:b' }, "Value 'a:b' at 'metricTransformations.1.member.metricName'"],
  ])('%s with %j is refused', async (pattern, more, message) => {
    const { put } = await start()
    await expect(put(pattern, more)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining(message),
    })
  })

  it('beyond the hundredth of a group is refused, and options that do nothing here are', async () => {
    const { call, put } = await start()
    for (let index = 0; index < 100; index++) await put('x', {}, `f${index}`)
    await put('y', {}, 'f7')
    await expect(put('x', {}, 'more')).rejects.toMatchObject({ code: 'LimitExceededException' })
    const input = { logGroupName: 'g', filterName: 'f', filterPattern: '', metricTransformations: [] }
    await expect(call.PutMetricFilter({ ...input, applyOnTransformedLogs: true })).rejects.toMatchObject({
      code: 'NotImplemented',
    })
  })

  it('is tried with messages', async () => {
    const { call } = await start()
    expect(
      await call.TestMetricFilter({
        filterPattern: '[ip, ..., status = 4*]',
        logEventMessages: ['1.1.1.1 GET 200', '2.2.2.2 GET 404'],
      }),
    ).toEqual({
      matches: [
        {
          eventNumber: 2,
          eventMessage: '2.2.2.2 GET 404',
          extractedValues: { $ip: '2.2.2.2', $2: 'GET', $status: '404' },
        },
      ],
    })
  })

  it('comes from a template, and changes with it', async () => {
    const { service, call, log, published } = await start()
    const type = service.resources?.['AWS::Logs::MetricFilter']
    const request = (properties: object) => resourceRequest({ ...properties }, 'app-Filter-1')
    const properties = {
      LogGroupName: 'g',
      FilterPattern: '{ $.ms = * }',
      MetricTransformations: [
        {
          MetricName: 'M',
          MetricNamespace: 'App',
          MetricValue: '$.ms',
          Dimensions: [{ Key: 'Route', Value: '$.route' }],
          Unit: 'Milliseconds',
        },
      ],
    }
    const state = await type?.create(request(properties))
    expect(state).toEqual({ physicalId: 'app-Filter-1', attributes: {} })
    log('{"ms":5,"route":"/a"}')
    expect(await published('App')).toMatchObject([
      { value: 5, dimensions: { Route: '/a' }, unit: 'Milliseconds' },
    ])
    const previous = { physicalId: 'app-Filter-1', attributes: {}, properties }
    await type?.update?.(request({ ...properties, FilterPattern: '{ $.ms > 9 }' }), previous)
    log('{"ms":6,"route":"/a"}', '{"ms":10,"route":"/a"}')
    expect((await published('App')).map(({ value }) => value)).toEqual([5, 10])
    expect(await type?.update?.(request({ ...properties, FilterName: 'x' }), previous)).toBe('replace')
    await type?.delete(SCOPE, previous, properties)
    await type?.delete(SCOPE, previous, properties)
    expect(await call.DescribeMetricFilters({ logGroupName: 'g' })).toEqual({ metricFilters: [] })
    const odd = { ...properties, MetricTransformations: [{ Metric: 'x' }] }
    expect(() => type?.create(request(odd))).toThrow('extraneous key [Metric]')
  })
})
