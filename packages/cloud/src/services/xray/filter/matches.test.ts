import { describe, expect, it } from 'vitest'
import type { Expression } from './ast.ts'
import { type Context, KEYWORDS } from './keywords.ts'
import { matches } from './matches.ts'
import { parse } from './parse.ts'
import { ORDER_TRACE, segment, trace } from './sample-facts.ts'
import { VIEWS } from './views.ts'

const finds = (expression: string, facts = ORDER_TRACE) => matches(parse(expression), facts)

/** Keyword, an expression that the order trace matches, one that it does not. */
const CASES: ReadonlyArray<readonly [what: string, positive: string, negative: string]> = [
  ['ok', 'ok', '!ok'],
  ['ok = true', 'ok = true', 'ok = false'],
  ['error of the root alone', '!error', 'error'],
  ['throttle of any segment', 'throttle', 'throttle != true'],
  ['fault', 'fault = false', 'fault = true'],
  ['partial', '!partial', 'partial'],
  ['inferred', 'inferred', '!inferred'],
  ['responsetime', 'responsetime = 2.5', 'responsetime > 2.5'],
  ['responsetime in mixed case', 'responseTime >= 2.5', 'RESPONSETIME < 2.5'],
  ['duration', 'duration > 2.9 AND duration <= 3', 'duration != 3'],
  ['http.status', 'http.status = 200', 'http.status != 200'],
  ['http.url', 'http.url CONTAINS "/api/orders/"', 'http.url ENDSWITH "/api/orders/"'],
  ['http.method', 'http.method = "GET"', 'http.method = "get"'],
  ['http.useragent', 'http.useragent BEGINSWITH "curl/"', 'http.useragent BEGINSWITH "wget"'],
  ['http.clientip', 'http.clientip = "203.0.113.9"', 'http.clientip != "203.0.113.9"'],
  ['user', 'user = "u-17"', 'user = "bob"'],
  ['any user', 'user CONTAINS ""', '!user'],
  ['resource.arn', 'resource.arn ENDSWITH ":function:orders"', 'resource.arn ENDSWITH ":function:thumb"'],
  ['instance.id', 'instance.id = "i-0a1b2c3d"', 'instance.id = "i-0"'],
  ['availabilityzone', 'availabilityzone = "eu-west-1a"', 'availabilityzone = "eu-west-1b"'],
  ['a number annotation', 'annotation.age > 29', 'annotation.age > 31'],
  ['a string annotation', 'annotation.tenant = "globex"', 'annotation.tenant = "initech"'],
  ['a boolean annotation', 'annotation.ColdStart = true', 'annotation.ColdStart = false'],
  ['an annotation that is false is set', 'annotation.cached', '!annotation.cached'],
  ['an annotation that is not set', '!annotation.colour', 'annotation.colour'],
  ['annotation types are not converted', 'annotation.age = 31', 'annotation.age = "31"'],
  ['nor unequal by their types', 'annotation.age != 30', 'annotation.age != "31"'],
  ['annotation keys have a case', 'annotation.ColdStart', 'annotation.coldstart'],
  ['annotation keys with a colon', 'annotation.aws:api_id = "a1b2c3"', 'annotation.aws:api_id = "x"'],
  ['annotation keys in brackets', 'annotation[age] = 31', 'annotation["age"] = 30'],
  ['a service', 'service("orders")', 'service("orders-worker")'],
  ['a service by a further name', 'service("orders.example.com")', 'service("example.com")'],
  ['any service', 'service() { fault = false }', 'service() { fault }'],
  ['a service by type', 'service(id(type: "AWS::Lambda::Function"))', 'service(id(type: "AWS::Lambda"))'],
  [
    'a service by name and type',
    'service(id(name: "orders", type: "AWS::Lambda::Function")) { error }',
    'service(id(name: "orders-table", type: "AWS::Lambda::Function"))',
  ],
  [
    'a service by account',
    'service(id(account.id: "123456789012"))',
    'service(id(account.id: "210987654321"))',
  ],
  ['service error', 'service("orders") { error }', 'service("orders-api/prod") { error }'],
  ['service throttle', 'service("orders-table") { throttle }', 'service("orders") { throttle }'],
  ['service partial', 'service("orders") { !partial }', 'service("orders") { partial }'],
  ['service inferred', 'service("orders-table") { inferred }', 'service("orders") { inferred }'],
  ['service root', 'service("orders-api/prod") {root = true and ok}', 'service("orders") { root }'],
  [
    'one segment for all conditions',
    'service("orders") { error responsetime = 2 }',
    'service("orders") { error AND responsetime < 1 }',
  ],
  ['service duration', 'service("orders") { duration > 2.5 }', 'service("orders-table") { duration > 0 }'],
  [
    'service http',
    'service() { http.method = "GET" http.status = 200 }',
    'service("orders") { http.status }',
  ],
  ['service user', 'service("orders") { user = "alice" }', 'service("orders") { user = "u-17" }'],
  ['service name', 'service() { name ENDSWITH "-table" }', 'service() { name = traces }'],
  [
    'service type',
    'service() { type = "AWS::DynamoDB::Table" fault = false }',
    'service("orders") { type = "remote" }',
  ],
  ['service resource.arn', 'service("orders") { resource.arn }', 'service("orders-table") { resource.arn }'],
  [
    'service instance.id',
    'service("orders") { instance.id = "i-0a1b2c3d" }',
    'service("orders") { instance.id = "i" }',
  ],
  [
    'service availabilityzone',
    'service() { availabilityzone }',
    'service("orders-table") { availabilityzone }',
  ],
  ['an edge', 'edge("orders", "orders-table")', 'edge("orders-table", "orders")'],
  [
    'edge throttle',
    'edge("orders", "orders-table") { throttle }',
    'edge("orders-api/prod", "orders") { throttle }',
  ],
  [
    'edge by type',
    'edge(id(type: "AWS::ApiGateway::Stage"), id(name: "orders"))',
    'edge(id(type: "client"), "orders")',
  ],
  [
    'one call for all conditions',
    'edge("orders", id()) { error http.status = 400 }',
    'edge("orders", id()) { error partial }',
  ],
  [
    'edge responsetime',
    'edge("orders-api/prod", "orders") { responsetime > 2 }',
    'edge("orders", "orders-table") { responsetime > 2 }',
  ],
  [
    'edge url',
    'edge(id(), "orders") { http.url BEGINSWITH "https:" }',
    'edge(id(), "orders-table") { http.method }',
  ],
  [
    'cause service',
    'rootcause.error.service { inferred and type = "AWS::DynamoDB::Table" }',
    'rootcause.error.service { first inferred }',
  ],
  ['no cause', 'rootcause.error.service', 'rootcause.fault.service'],
  [
    'cause service index',
    'rootcause.error.service { index = 1 and last }',
    'rootcause.error.service { index > 1 }',
  ],
  [
    'last entity',
    'rootcause.responsetime.entity { last and coverage > 0.8 }',
    'rootcause.responsetime.entity { last coverage > 0.9 }',
  ],
  [
    'first entity',
    'rootcause.responsetime.entity { first and name = "orders" }',
    'rootcause.responsetime.entity { first name = "Initialization" }',
  ],
  [
    'entities of all services are one list',
    'rootcause.error.entity { index = 2 name = "orders-table" }',
    'rootcause.error.entity { index = 3 }',
  ],
  [
    'remote entity',
    'rootcause.error.entity { remote name = "DynamoDB" }',
    'rootcause.responsetime.entity { remote }',
  ],
  [
    'last exception',
    'rootcause.error.exception { last and message = "Access Denied" }',
    'rootcause.error.exception { first and message = "Access Denied" }',
  ],
  [
    'exception name',
    'rootcause.error.exception { name = "ThrottlingException" }',
    'rootcause.error.exception { name = "Throttling" }',
  ],
  ['service ok', 'service("orders-api/prod") { ok }', 'service("orders-table") { ok }'],
  ['service url', 'service() { http.url ENDSWITH "/42" }', 'service() { http.url ENDSWITH "/43" }'],
  ['service method', 'service() { http.method != "POST" }', 'service() { http.method = "POST" }'],
  [
    'service user agent',
    'service() { http.useragent CONTAINS "curl" }',
    'service("orders") { http.useragent }',
  ],
  ['service client address', 'service() { http.clientip }', 'service("orders") { http.clientip }'],
  ['edge ok', 'edge("orders-api/prod", "orders") { ok }', 'edge("orders-api/prod", "orders") { !ok }'],
  ['edge fault', 'edge("orders", id()) { !fault }', 'edge("orders", id()) { fault }'],
  [
    'edge partial',
    'edge("orders", "orders-table") { partial }',
    'edge("orders-api/prod", "orders") { partial }',
  ],
  [
    'edge duration',
    'edge("orders-api/prod", "orders") { duration = 2.1 }',
    'edge("orders", "orders-table") { duration }',
  ],
  [
    'edge status',
    'edge(id(), "orders-table") { http.status >= 400 }',
    'edge(id(), "orders") { http.status >= 400 }',
  ],
  [
    'edge url and method',
    'edge(id(), "orders") { http.url = "https://lambda/orders" http.method = "POST" }',
    'edge(id(), "orders") { http.url = "https://lambda/" OR http.method = "GET" }',
  ],
  [
    'edge user agent and client',
    'edge(id(), "orders") { http.useragent = "aws-sdk" http.clientip = "10.0.0.1" }',
    'edge(id(), "orders") { http.useragent = "curl" OR http.clientip = "10.0.0.2" }',
  ],
  [
    'cause service places',
    'rootcause.error.service { first name = "orders" } AND rootcause.error.service { last }',
    'rootcause.error.service { first last OR first name = "orders-table" OR last type = "remote" }',
  ],
  [
    'cause entity places',
    'rootcause.error.entity { first name = "orders" } rootcause.error.entity { last !remote }',
    'rootcause.error.entity { first remote OR last name = "orders" OR last remote }',
  ],
  [
    'cause exception places',
    'rootcause.error.exception { first index = 0 }',
    'rootcause.error.exception { first last OR last index = 0 }',
  ],
  [
    'coverage entity places',
    'rootcause.responsetime.entity { index = 1 !remote }',
    'rootcause.responsetime.entity { index = 2 OR remote }',
  ],
  [
    'cause as JSON',
    'rootcause.json = #[{"Services":[{"Name":"orders","EntityPath":[{"Name":"orders"},{"Name":"Initialization"}]}]}]',
    'rootcause.json = #[{"Services":[{"Name":"orders","EntityPath":[{"Name":"orders"}]}]}]',
  ],
  [
    'JSON wildcards',
    'rootcause.json = #{"Services":[{},{"Inferred":true}]}',
    'rootcause.json = #{"Services":[{"Inferred":true},{}]}',
  ],
  [
    'JSON exceptions',
    'rootcause.json = #{"ClientImpacting":true,"Services":[{"EntityPath":[{},{"Remote":true,"Exceptions":[{"Name":"ThrottlingException"},{"Message":"Access Denied"}]}]},{}]}',
    'rootcause.json = #{"ClientImpacting":false,"Services":[{},{}]}',
  ],
  [
    'all causes of the JSON',
    'rootcause.json = #[{"Services":[{}]},{"Services":[{},{}]}]',
    'rootcause.json = #[{"Services":[{}]},{"Services":[]}]',
  ],
  ['and before or', 'fault fault OR ok', '(fault OR ok) fault'],
  ['juxtaposition', 'ok !partial duration <4', 'ok !partial duration <3'],
  ['negated groups', '!(fault OR partial)', '!(fault OR ok)'],
  ['negated complex keywords', '!service("legacy.example.com")', '!service("orders")'],
]

const PART_CONTEXTS = { service: 'causeService', exception: 'causeException' } as const

/** Each keyword of an expression with the place that it stands in. */
const uses = (expression: Expression, context: Context): string[] => {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.operands.flatMap(operand => uses(operand, context))
    case 'not':
      return uses(expression.operand, context)
    case 'keyword':
      return [`${context} ${expression.keyword}`]
    case 'service':
    case 'edge':
      return expression.block ? uses(expression.block, expression.kind) : []
    case 'cause': {
      const entity = expression.cause === 'responsetime' ? 'coverageEntity' : 'causeEntity'
      const inner = expression.part === 'entity' ? entity : PART_CONTEXTS[expression.part]
      return expression.block ? uses(expression.block, inner) : []
    }
    default:
      return []
  }
}

describe('matches', () => {
  it.each(CASES)('finds by %s: %s, and not by %s', (_what, positive, negative) => {
    expect(finds(positive)).toBe(true)
    expect(finds(negative)).toBe(false)
  })

  it('has a positive and a negative case for every keyword in every place that allows it', () => {
    const covered = (column: 1 | 2) => new Set(CASES.flatMap(row => uses(parse(row[column]), 'trace')))
    const positive = covered(1)
    const negative = covered(2)
    const missing = Object.entries(KEYWORDS).flatMap(([keyword, { contexts }]) =>
      contexts
        .map(context => `${context} ${keyword}`)
        .filter(use => !positive.has(use) || !negative.has(use)),
    )
    expect(missing).toEqual([])
  })

  it('reads exactly the keywords that the parser lets through', () => {
    const allowed = (context: Context) =>
      Object.entries(KEYWORDS)
        .filter(([, { contexts }]) => (contexts as readonly Context[]).includes(context))
        .map(([keyword]) => keyword)
        .sort()
    for (const context of Object.keys(VIEWS) as Context[]) {
      expect([context, Object.keys(VIEWS[context]).sort()]).toEqual([context, allowed(context)])
    }
  })

  it('lets what is not set pass no comparison, and its negation pass', () => {
    const empty = trace()
    for (const expression of [
      'http.status != 200',
      'http.url',
      'user != "x"',
      'responsetime < 1',
      'annotation.a != 1',
    ]) {
      expect([expression, finds(expression, empty), finds(`!${expression}`, empty)]).toEqual([
        expression,
        false,
        true,
      ])
    }
  })

  it('finds every trace by the empty expression', () => {
    expect(finds('')).toBe(true)
    expect(finds('  \n', trace())).toBe(true)
  })

  it('compares response times of nought and of what is in progress apart', () => {
    expect(finds('responsetime = 0', trace({ responseTime: 0 }))).toBe(true)
    expect(finds('responsetime = 0', trace())).toBe(false)
    expect(
      finds('service() { responsetime < 1 }', trace({ services: [{ names: ['a'], segments: [segment()] }] })),
    ).toBe(false)
  })
})
