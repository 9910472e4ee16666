import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entity } from '../document/entity.ts'
import { mergeDocuments } from '../document/merge.ts'
import { matches } from '../filter/matches.ts'
import { parse } from '../filter/parse.ts'
import { visitsOf } from '../graph/visits.ts'
import { summarize } from '../summaries/summarize.ts'
import { factsOf } from '../summaries/trace-facts.ts'
import { idOf, startService, traceIdAt } from '../test-service.ts'

const NAMES = ['a', 'b', 'ü b', 'DynamoDB']
const TEXTS = ['x', 'xy', "y'; DROP TABLE traces", '']

const status = fc.constantFrom(undefined, 200, 404, 429, 503)
const flag = fc.constantFrom(undefined, undefined, true, false)
const text = fc.constantFrom(undefined, ...TEXTS)

const exceptions = fc.constantFrom<ReadonlyArray<{ type?: string; message?: string }> | undefined>(
  undefined,
  [],
  [{ type: 'x', message: 'x' }],
  [{ type: 'xy' }, { message: 'x' }],
)

const call = fc.record({
  name: fc.constantFrom(...NAMES),
  namespace: fc.constantFrom(undefined, 'aws', 'remote'),
  length: fc.constantFrom(0.5, 1, 2),
  fault: flag,
  throttle: flag,
  running: fc.constantFrom(false, false, false, true),
  exceptions,
})

const segment = fc.record({
  name: fc.constantFrom(...NAMES),
  origin: fc.constantFrom(undefined, 'AWS::Lambda', 'AWS::Lambda::Function'),
  length: fc.constantFrom(0.5, 1, 2),
  fault: flag,
  error: flag,
  throttle: flag,
  running: fc.constantFrom(false, false, false, true),
  user: text,
  url: text,
  method: fc.constantFrom(undefined, 'GET', 'POST'),
  status,
  annotation: fc.constantFrom<unknown>(undefined, 'x', 'xy', 1, 2.5, true, false),
  account: fc.constantFrom(undefined, '1', '2'),
  zone: text,
  exceptions,
  calls: fc.array(call, { maxLength: 2 }),
  /** What it is called by: nothing, an entity that is not there, or one of an earlier segment. */
  parent: fc.nat(5),
})

type Spec = typeof segment extends fc.Arbitrary<infer T> ? T : never

const documentsOf = (specs: readonly Spec[], trace_id: string, now: number): object[] => {
  const ids: string[] = [idOf(999)]
  return specs.map((spec, index) => {
    const id = idOf(index * 10 + 1)
    const times = (length: number, running: boolean) => ({
      start_time: now,
      ...(running ? { in_progress: true } : { end_time: now + length }),
    })
    const parent = index === 0 || spec.parent === 0 ? undefined : ids[spec.parent % ids.length]
    const { name, origin, fault, error, throttle, user, url, method, calls } = spec
    ids.push(id, ...calls.map((_, n) => idOf(index * 10 + 2 + n)))
    return {
      id,
      trace_id,
      name,
      origin,
      fault,
      error,
      throttle,
      user,
      ...times(spec.length, spec.running),
      parent_id: parent,
      http: { request: { url, method }, response: { status: spec.status } },
      aws: { account_id: spec.account, ec2: { availability_zone: spec.zone } },
      annotations: { key: spec.annotation },
      cause: spec.exceptions && { exceptions: spec.exceptions },
      subsegments: calls.map((one, n) => ({
        id: idOf(index * 10 + 2 + n),
        name: one.name,
        namespace: one.namespace,
        fault: one.fault,
        throttle: one.throttle,
        cause: one.exceptions && { exceptions: one.exceptions },
        ...times(one.length, one.running),
      })),
    }
  })
}

const quoted = fc.constantFrom(...TEXTS).map(value => JSON.stringify(value))
const compared = (keyword: fc.Arbitrary<string>) =>
  fc
    .tuple(
      keyword,
      fc.constantFrom('=', '!=', '<', '<=', '>', '>='),
      fc.constantFrom('0', '0.5', '1', '200', '404'),
    )
    .map(parts => parts.join(' '))
const said = (keyword: fc.Arbitrary<string>) =>
  fc.oneof(
    keyword,
    fc
      .tuple(keyword, fc.constantFrom('=', '!=', 'CONTAINS', 'BEGINSWITH', 'ENDSWITH'), quoted)
      .map(parts => parts.join(' ')),
  )
const flagged = (...keywords: string[]) =>
  fc
    .tuple(fc.constantFrom(...keywords), fc.constantFrom('', ' = true', ' = false', ' != true'))
    .map(parts => parts.join(''))

const FLAGS = ['ok', 'error', 'throttle', 'fault', 'partial']
const selector = fc.oneof(
  fc.constantFrom(...NAMES).map(name => JSON.stringify(name)),
  fc.constantFrom(
    'id(type: "AWS::Lambda")',
    'id(type: "client")',
    'id(name: "a", type: "AWS::Lambda::Function")',
    'id(account.id: "1")',
  ),
)
const joined = (term: fc.Arbitrary<string>) =>
  fc.oneof(
    term,
    fc.tuple(term, fc.constantFrom(' AND ', ' OR ', ' '), term).map(parts => parts.join('')),
    term.map(one => `!(${one})`),
  )
const numbers = compared(fc.constantFrom('responsetime', 'duration', 'http.status'))
const block = joined(
  fc.oneof(
    flagged(...FLAGS, 'inferred', 'root'),
    numbers,
    said(fc.constantFrom('http.url', 'user', 'name', 'availabilityzone')),
  ),
)
const term = fc.oneof(
  flagged(...FLAGS, 'inferred'),
  numbers,
  said(fc.constantFrom('http.url', 'http.method', 'user', 'availabilityzone', 'resource.arn')),
  fc.constantFrom('annotation.key', 'annotation.key = true', 'annotation.key != false', 'annotation.none'),
  said(fc.constant('annotation.key')),
  compared(fc.constant('annotation.key')),
  selector.map(one => `service(${one})`),
  fc.constant('service()'),
  fc.tuple(fc.oneof(selector, fc.constant('')), block).map(([one, inner]) => `service(${one}) { ${inner} }`),
  fc.tuple(selector, selector).map(([from, to]) => `edge(${from}, ${to})`),
  fc
    .tuple(selector, selector, joined(fc.oneof(flagged(...FLAGS), numbers)))
    .map(([from, to, inner]) => `edge(${from}, ${to}) { ${inner} }`),
  fc.constantFrom(
    'rootcause.fault.service { inferred }',
    'rootcause.fault.entity { last and remote }',
    'rootcause.responsetime.entity { coverage > 0.8 and !first }',
    'rootcause.responsetime.entity { coverage > 0.8 and name = "b" }',
    'rootcause.responsetime.entity { !(coverage > 0.8) }',
    'rootcause.responsetime.entity { name = "a" and first }',
    'rootcause.responsetime.service { name = "a" and last }',
    'rootcause.error.service',
    'rootcause.fault.exception',
    'rootcause.fault.exception { message = "x" and name != "xy" }',
    'rootcause.fault.exception { message = "" or first }',
    'rootcause.error.exception { !(name = "x") }',
    'rootcause.json = #[{"Services":[{"Name":"a"}]}]',
    'rootcause.json = #[{"Services":[{"EntityPath":[{"Name":"a"}]}],"ClientImpacting":true}]',
    'rootcause.json = #[{"Services":[{"EntityPath":[{"Name":"a","Coverage":1}]}]}]',
  ),
)
const expression = joined(joined(term))

describe('filters in SQL', () => {
  it('find the traces that the reference evaluation finds', async () => {
    const { put, call, now, around } = startService()
    const traces = fc.sample(fc.array(segment, { minLength: 1, maxLength: 4 }), { numRuns: 150, seed: 7 })
    const facts = new Map<string, ReturnType<typeof factsOf>>()
    for (const [number, specs] of traces.entries()) {
      const traceId = traceIdAt(now, number)
      const documents = documentsOf(specs, traceId, now)
      expect(await put(...documents)).toEqual({ UnprocessedTraceSegments: [] })
      const merged = mergeDocuments(documents.map(one => JSON.parse(JSON.stringify(one)) as Entity))
      const visits = visitsOf(merged)
      facts.set(traceId, factsOf(summarize(merged, visits), visits))
    }
    const seen = new Set<boolean>()
    await fc.assert(
      fc.asyncProperty(expression, async filter => {
        const parsed = parse(filter)
        const expected = [...facts].filter(([, one]) => matches(parsed, one)).map(([id]) => id)
        const { TraceSummaries = [] } = await call('GetTraceSummaries', {
          ...around,
          FilterExpression: filter,
        })
        seen.add(expected.length > 0)
        expect(TraceSummaries.map(({ Id }) => Id ?? '').sort()).toEqual(expected.sort())
      }),
      { numRuns: 400, endOnFailure: true },
    )
    expect(seen.size).toBe(2)
  })
})
