import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Metric } from '../../metrics/metric-reader.ts'
import { ExpressionError } from '../errors.ts'
import { MINUTE, NOW, SCOPE, START, samplesOf, type TestMetric, testQueries } from '../testing.ts'
import { compileSearch } from './matches.ts'
import { tokensOf } from './tokens.ts'

const metric = (
  name: string,
  dimensions: Readonly<Record<string, string>> = {},
  namespace = 'MyNamespace',
): Metric => ({ namespace, name, dimensions: Object.entries(dimensions).sort(), lastTimestamp: NOW })

describe('tokens', () => {
  it.each([
    ['CustomCount1', ['custom', 'count', '1'], 'customcount1'],
    ['SDBFailure', ['sdb', 'failure'], 'sdbfailure'],
    ['Project2-trial333', ['project', '2', 'trial', '333'], 'project2trial333'],
    ['Network-Errors_2', ['network', 'errors', '2'], 'networkerrors2'],
    ['4XXError', ['4', 'xx', 'error'], '4xxerror'],
    ['i-0abc', ['i', '0', 'abc'], 'i0abc'],
    ['---', [], ''],
    ['', [], ''],
  ])('of %s are as published', (name, parts, whole) => {
    expect(tokensOf(name)).toMatchObject({ parts, whole })
  })
})

describe('a partial match', () => {
  it.each([
    ['count', 'CustomCount1', true],
    ['Count', 'CustomCount1', true],
    ['COUNT', 'CustomCount1', true],
    ['couNT', 'CustomCount1', false],
    ['CustomCount', 'CustomCount1', true],
    ['Count1', 'CustomCount1', true],
    ['customcount', 'CustomCount1', false],
    ['count1', 'CustomCount1', false],
    ['customcount1', 'CustomCount1', true],
    ['coun', 'CustomCount1', false],
    ['network/errors', 'Network-Errors-2', true],
    ['network+errors', 'NetworkErrors2', true],
    ['network-errors', 'Network-Errors-2', true],
    ['Network_Errors', 'NetworkErrors2', true],
    ['errors-network', 'NetworkErrors2', false],
  ])('of %s with %s is %s', (term, name, expected) => {
    expect(compileSearch(term)(metric(name))).toBe(expected)
  })

  it.each([
    ['a namespace', 'lambda', metric('X', {}, 'AWS/Lambda')],
    ['the name of a dimension', 'function', metric('X', { FunctionName: 'f' })],
    ['the value of a dimension', 'predict', metric('X', { FunctionName: 'flight-predict' })],
  ])('is found in %s too', (_where, term, found) => {
    expect(compileSearch(term)(found)).toBe(true)
    expect(compileSearch(term)(metric('X'))).toBe(false)
  })
})

describe('an exact match', () => {
  it.each([
    ['{MyNamespace}, "CustomCount1"', true],
    ['{MyNamespace}, "customcount1"', false],
    ['{MyNamespace}, "Custom"', false],
    ['MetricName="CustomCount1"', true],
    ['Namespace="CustomCount1"', false],
    ['Namespace="MyNamespace" MetricName=count', true],
  ])('%s finds CustomCount1: %s', (search, expected) => {
    expect(compileSearch(search)(metric('CustomCount1'))).toBe(expected)
  })

  it('takes what is escaped', () => {
    const search = String.raw`"Europe\\France Traffic\(Network\)"`
    expect(compileSearch(search)(metric(String.raw`Europe\France Traffic(Network)`))).toBe(true)
    expect(
      compileSearch('{"My Namespace", "Dimension@Name"}, "Custom:Name[Special_Characters"')(
        metric('Custom:Name[Special_Characters', { 'Dimension@Name': '1' }, 'My Namespace'),
      ),
    ).toBe(true)
  })
})

describe('a schema', () => {
  const found = metric('Errors', { FunctionName: 'f', Resource: 'r' }, 'AWS/Lambda')

  it.each([
    ['{AWS/Lambda, FunctionName, Resource}', true],
    ['{AWS/Lambda,Resource,FunctionName} Errors', true],
    ['{AWS/Lambda, FunctionName}', false],
    ['{AWS/Lambda}', false],
    ['{AWS/Lambda, FunctionName, Resource, Other}', false],
    ['{AWS/EC2, FunctionName, Resource}', false],
  ])('%s is of exactly these dimensions: %s', (search, expected) => {
    expect(compileSearch(search)(found)).toBe(expected)
  })
})

describe('boolean operators', () => {
  const readOps = metric('DiskReadOps', { InstanceId: 'i-1' }, 'AWS/EC2')
  const volume = metric('VolumeReadOps', { Project: 'ProjectA' }, 'AWS/EBS')
  const errors = metric('Errors', { FunctionName: 'ProjectB-api' }, 'AWS/Lambda')
  const all = [readOps, volume, errors]
  const names = (search: string): string[] => all.filter(compileSearch(search)).map(({ name }) => name)

  it.each([
    ['(EC2 OR EBS) AND MetricName=ReadOps', ['DiskReadOps', 'VolumeReadOps']],
    ['(EC2 OR EBS) MetricName=ReadOps', ['DiskReadOps', 'VolumeReadOps']],
    ['(EC2 OR EBS) AND ReadOps AND ProjectA', ['VolumeReadOps']],
    ['ReadOps NOT i-1', ['VolumeReadOps']],
    ['NOT Namespace=AWS', []],
    ['NOT EC2 NOT EBS', ['Errors']],
    ['NOT (EC2 OR EBS)', ['Errors']],
    ['EC2 OR EBS ReadOps', ['DiskReadOps', 'VolumeReadOps']],
    ['MetricName="Errors" OR (MetricName="Disk" AND (ProjectA OR ProjectB))', ['Errors']],
    ['FunctionName=api', ['Errors']],
    ['InstanceId="i-1"', ['DiskReadOps']],
    // Lower-case operators are terms.
    ['disk or volume', []],
  ])('%s finds %j', (search, expected) => {
    expect(names(search)).toEqual(expected)
  })
})

describe('a search that cannot be read', () => {
  it.each([
    ['', 'A search needs a metric schema or a search term'],
    ['   ', 'A search needs a metric schema or a search term'],
    ['{AWS/EC2', 'Syntax error at character 9: unexpected end of the search'],
    ['{}', 'Syntax error at character 2: unexpected } in the search'],
    ['(a', 'Syntax error at character 3: unexpected end of the search'],
    ['a)', 'Syntax error at character 2: unexpected ) in the search'],
    ['a AND', 'Syntax error at character 6: unexpected end of the search'],
    ['OR a', 'Syntax error at character 3: unexpected OR in the search'],
    ['MetricName=', 'Syntax error at character 12: unexpected end of the search'],
    ['"open', 'Syntax error at character 1: unexpected " in the search'],
    ['a'.repeat(1_025), 'A search must have at most 1024 characters'],
    ['NOT '.repeat(200), 'Syntax error at character 400: the search is nested too deeply'],
  ])('%.20j is refused', (search, message) => {
    expect(() => compileSearch(search)).toThrow(new ExpressionError(message))
  })

  it('is refused with an error of its own, whatever it is', () => {
    const piece = fc.constantFrom('{', '}', '(', ')', '"', "'", '=', ',', 'AND', 'OR', 'NOT', 'a', '\\', ' ')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map(all => all.join(' ')),
        ),
        search => {
          try {
            compileSearch(search)(metric('M'))
          } catch (error) {
            expect(error).toBeInstanceOf(ExpressionError)
          }
        },
      ),
    )
  })
})

describe('SEARCH', () => {
  const lambda = (name: string, FunctionName: string, values: readonly number[]): TestMetric => ({
    namespace: 'AWS/Lambda',
    name,
    dimensions: { FunctionName },
    samples: samplesOf(values),
  })
  const metrics = [
    lambda('Errors', 'b', [4, 0]),
    lambda('Errors', 'a', [1, 2]),
    lambda('Invocations', 'a', [9, 9]),
    { name: 'Old', samples: [{ time: NOW - 15 * 24 * 60 * MINUTE, value: 1 }] },
  ]
  const range = { start: START, end: START + 2 * MINUTE }
  const search = (Expression: string, other = {}, of: readonly TestMetric[] = metrics) =>
    testQueries(of).evaluate(SCOPE, [{ Id: 'e1', Expression, ...other }], range)[0]

  it('gives each metric that it finds, in order, with what tells them apart as labels', () => {
    const found = search(`SEARCH('{AWS/Lambda, FunctionName} MetricName="Errors"', 'Sum', 60)`)
    expect(found?.series.map(({ label, values }) => [label, values])).toEqual([
      ['a', [1, 2]],
      ['b', [4, 0]],
    ])
    const both = search(`SEARCH('{AWS/Lambda, FunctionName}', 'Sum', 60)`)
    expect(both?.series.map(({ label }) => label)).toEqual(['a Errors', 'b Errors', 'a Invocations'])
  })

  it('is summed as the user guide does', () => {
    const sum = search(`SUM(SEARCH(' {AWS/Lambda, FunctionName} MetricName="Errors" ', 'Sum', 60))`)
    expect(sum?.series.map(({ label, values }) => [label, values])).toEqual([['e1', [5, 2]]])
  })

  it('puts the label of the expression before, or fills it in for each metric', () => {
    const text = `SEARCH('{AWS/Lambda, FunctionName} Errors', 'Sum', 60)`
    const labels = (Label: string) => search(text, { Label })?.series.map(({ label }) => label)
    expect(labels('Errors of')).toEqual(['Errors of a', 'Errors of b'])
    expect(labels('')).toEqual(['a', 'b'])
    expect(labels('[max: ${MAX} Errors for Function Name ${LABEL}]')).toEqual([
      '[max: 2 Errors for Function Name a]',
      '[max: 4 Errors for Function Name b]',
    ])
    expect(labels("${PROP('Dim.FunctionName')} ${PROP('Stat')}")).toEqual(['a Sum', 'b Sum'])
  })

  it('finds metrics of the last two weeks', () => {
    expect(search("SEARCH('MetricName=Old', 'Sum', 60)")?.series).toEqual([])
  })

  it('takes the period of the query where it has none, and a computed one', () => {
    expect(search("SEARCH('Errors', 'Sum')", { Period: 120 })?.series[0]?.values).toEqual([3])
    expect(search("SEARCH('Errors', 'Sum', 2 * 60)")?.series[0]?.values).toEqual([3])
    expect(search("SEARCH('Errors', 'Sum')")?.error).toBe(
      "Error in expression 'e1': The parameter Period is required",
    )
  })

  it('refuses a statistic that there is not, or a search that cannot be read', () => {
    expect(() => search("SEARCH('Errors', 'Mean', 60)")).toThrow(
      "Error in expression 'e1': There is no statistic 'Mean'",
    )
    expect(() => search("SEARCH('Errors', 'Sum', 45)")).toThrow(
      "Error in expression 'e1': The period 45 is not 1, 5, 10, 20, 30 or a multiple of 60",
    )
    expect(search("SEARCH('Errors', 'Sum', 40 + 5)")?.error).toContain('The period 45')
    expect(() => search("SEARCH('(Errors', 'Sum', 60)")).toThrow("Error in expression 'e1': Syntax error")
  })

  it('finds 500 metrics at most, and says that there are more', async () => {
    const many = Array.from({ length: 501 }, (_, index) => lambda('Errors', `f${index}`, [1]))
    const { operations } = testQueries(many)
    const answer = await operations.GetMetricData?.(
      {
        MetricDataQueries: [{ Id: 'e1', Expression: "SEARCH('Errors', 'Sum', 60)" }],
        StartTime: new Date(range.start),
        EndTime: new Date(range.end),
      },
      {
        scope: SCOPE,
        identity: { account: SCOPE.account, arn: '', userId: '' },
        requestId: 'r',
        endpoint: '',
      },
    )
    expect(answer?.MetricDataResults).toHaveLength(500)
    expect(answer?.Messages).toEqual([
      { Code: 'MaxMetricsExceeded', Value: 'Maximum number of allowed metrics exceeded' },
    ])
  })
})
