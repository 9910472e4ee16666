import type { CallFacts, FlagFacts, HttpFacts, SegmentFacts, TraceFacts } from './trace-facts.ts'

const OK: FlagFacts = { ok: true, error: false, throttle: false, fault: false }

export const call = (facts: Partial<CallFacts> = {}): CallFacts => ({
  ...OK,
  partial: false,
  http: {},
  ...facts,
})

export const segment = (facts: Partial<SegmentFacts> = {}): SegmentFacts => ({
  ...call(),
  inferred: false,
  root: false,
  ...facts,
})

/** A trace of nothing, for tests to fill. */
export const trace = (facts: Partial<TraceFacts> = {}): TraceFacts => ({
  ...OK,
  partial: false,
  inferred: false,
  http: {},
  users: [],
  resourceArns: [],
  instanceIds: [],
  availabilityZones: [],
  annotations: new Map(),
  services: [],
  edges: [],
  rootCauses: { responsetime: [], fault: [], error: [] },
  ...facts,
})

const HTTP: HttpFacts = {
  url: 'https://api.example.com/api/orders/42',
  method: 'GET',
  userAgent: 'curl/8.5.0',
  clientIp: '203.0.113.9',
  status: 200,
}

/**
 * `GET /orders/42` through a gateway and a function to a table, which throttled, and an inferred remote host. The caller's
 * answer was 200 in 2.5 s.
 */
export const ORDER_TRACE: TraceFacts = trace({
  inferred: true,
  throttle: true,
  responseTime: 2.5,
  duration: 3,
  http: HTTP,
  users: ['alice', 'u-17'],
  resourceArns: ['arn:aws:lambda:eu-west-1:123456789012:function:orders'],
  instanceIds: ['i-0a1b2c3d'],
  availabilityZones: ['eu-west-1a'],
  annotations: new Map<string, (string | number | boolean)[]>([
    ['age', [31]],
    ['tenant', ['acme', 'globex']],
    ['ColdStart', [true]],
    ['cached', [false]],
    ['aws:api_id', ['a1b2c3']],
  ]),
  services: [
    { names: ['orders-api/prod'], type: 'client', segments: [] },
    {
      names: ['orders-api/prod', 'orders.example.com'],
      type: 'AWS::ApiGateway::Stage',
      accountId: '123456789012',
      segments: [segment({ root: true, responseTime: 2.5, duration: 2.5, http: HTTP })],
    },
    {
      names: ['orders'],
      type: 'AWS::Lambda::Function',
      accountId: '123456789012',
      segments: [
        segment({
          ok: false,
          error: true,
          responseTime: 2,
          duration: 2.8,
          user: 'alice',
          resourceArn: 'arn:aws:lambda:eu-west-1:123456789012:function:orders',
          instanceId: 'i-0a1b2c3d',
          availabilityZone: 'eu-west-1a',
        }),
        segment({ responseTime: 0.2, duration: 0.2 }),
      ],
    },
    {
      names: ['orders-table'],
      type: 'AWS::DynamoDB::Table',
      segments: [segment({ inferred: true, ok: false, error: true, throttle: true, responseTime: 0.1 })],
    },
  ],
  edges: [
    {
      source: { names: ['orders-api/prod'], type: 'AWS::ApiGateway::Stage' },
      target: { names: ['orders'], type: 'AWS::Lambda::Function', accountId: '123456789012' },
      calls: [
        call({
          responseTime: 2.1,
          duration: 2.1,
          http: {
            status: 200,
            url: 'https://lambda/orders',
            method: 'POST',
            userAgent: 'aws-sdk',
            clientIp: '10.0.0.1',
          },
        }),
      ],
    },
    {
      source: { names: ['orders'], type: 'AWS::Lambda::Function' },
      target: { names: ['orders-table'], type: 'AWS::DynamoDB::Table' },
      calls: [
        call({ ok: false, error: true, throttle: true, responseTime: 0.1, http: { status: 400 } }),
        call({ responseTime: 0.01, partial: true }),
      ],
    },
  ],
  rootCauses: {
    responsetime: [
      {
        clientImpacting: false,
        services: [
          {
            names: ['orders'],
            type: 'AWS::Lambda::Function',
            inferred: false,
            entityPath: [
              { name: 'orders', remote: false, coverage: 0.95, exceptions: [] },
              { name: 'Initialization', remote: false, coverage: 0.863, exceptions: [] },
            ],
          },
        ],
      },
    ],
    fault: [],
    error: [
      {
        clientImpacting: true,
        services: [
          {
            names: ['orders'],
            type: 'AWS::Lambda::Function',
            inferred: false,
            entityPath: [
              { name: 'orders', remote: false, exceptions: [] },
              {
                name: 'DynamoDB',
                remote: true,
                exceptions: [
                  { name: 'ThrottlingException', message: 'Rate exceeded' },
                  { name: 'Error', message: 'Access Denied' },
                ],
              },
            ],
          },
          {
            names: ['orders-table'],
            type: 'AWS::DynamoDB::Table',
            inferred: true,
            entityPath: [{ name: 'orders-table', remote: false, exceptions: [] }],
          },
        ],
      },
    ],
  },
})
