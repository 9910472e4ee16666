import { describe, expect, it } from 'vitest'
import { diagnose, type TracingFacts } from './finding.ts'

const healthy: TracingFacts = {
  stages: [{ api: 'flight-delay', stage: 'prod', tracing: true }],
  functions: [{ name: 'predict', tracingMode: 'Active', role: 'arn:aws:iam::1:role/r', mayWrite: true }],
  rules: [{ ruleName: 'Default', priority: 10_000, reservoir: 1, rate: 1 }],
  recent: 3,
  dropped: 0,
}

const problems = (facts: Partial<TracingFacts>) =>
  diagnose({ ...healthy, ...facts })
    .filter(({ verdict }) => verdict !== 'ok')
    .map(({ verdict, subject, text }) => `${verdict}: ${subject} ${text}`)

describe('the doctor', () => {
  it('finds nothing where all that traces need is there', () => {
    expect(problems({})).toEqual([])
  })

  it.each<[string, Partial<TracingFacts>, string]>([
    [
      'a stage that does not trace',
      { stages: [{ api: 'flight-delay', stage: 'prod', tracing: false }] },
      'problem: Stage flight-delay/prod does not trace: set TracingEnabled (CDK: deployOptions: { tracingEnabled: true })',
    ],
    [
      'a function that only passes on',
      { functions: [{ name: 'predict', tracingMode: 'PassThrough', role: 'r', mayWrite: true }] },
      'problem: Function predict has TracingConfig PassThrough: it writes no segments of its own (CDK: tracing: Tracing.ACTIVE)',
    ],
    [
      'a role that may not write',
      { functions: [{ name: 'predict', tracingMode: 'Active', role: 'r', mayWrite: false }] },
      'problem: Role of predict may not write to X-Ray: allow xray:PutTraceSegments and xray:PutTelemetryRecords on * (policy AWSXRayDaemonWriteAccess) for r',
    ],
    [
      'a flood',
      { dropped: 12_000 },
      'problem: Daemon dropped 12,000 documents since the start: more came than it could take; sample less',
    ],
    [
      'a rule that records nothing',
      { rules: [{ ruleName: 'off', priority: 1, reservoir: 0, rate: 0 }] },
      'problem: Sampling rule off records nothing of what matches it',
    ],
    [
      'a rule that records little',
      { rules: [{ ruleName: 'prod', priority: 1, reservoir: 0, rate: 0.01 }] },
      'note: Sampling rule prod records 0 a second and 1 % of the rest',
    ],
  ])('names %s, and what to change', (_case, facts, expected) => {
    expect(problems(facts)).toEqual([expected])
  })
})
