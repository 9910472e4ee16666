/** One thing that doctor looked at. */
export interface Finding {
  readonly verdict: 'ok' | 'problem' | 'note'
  /** What was looked at. */
  readonly subject: string
  /** What was seen and, for a problem, what to change. */
  readonly text: string
}

export interface StageFacts {
  readonly api: string
  readonly stage: string
  readonly tracing: boolean
}

export interface FunctionFacts {
  readonly name: string
  readonly tracingMode: string
  readonly role: string
  /** Whether its role may send what X-Ray needs; `undefined` where that could not be found out. */
  readonly mayWrite: boolean | undefined
}

export interface SamplingFacts {
  readonly ruleName: string
  readonly priority: number
  readonly reservoir: number
  readonly rate: number
}

/** What traces depend on, as read from the cloud. */
export interface TracingFacts {
  readonly stages: readonly StageFacts[]
  readonly functions: readonly FunctionFacts[]
  readonly rules: readonly SamplingFacts[]
  /** Traces recorded in the last five minutes. */
  readonly recent: number
  /** Documents that the daemon lost since the start, because more came than it could take. */
  readonly dropped: number
}

/** What an identity needs for its traces to arrive. */
export const XRAY_ACTIONS = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords']

const ofStage = ({ api, stage, tracing }: StageFacts): Finding => ({
  verdict: tracing ? 'ok' : 'problem',
  subject: `Stage ${api}/${stage}`,
  text: tracing
    ? 'traces its requests'
    : 'does not trace: set TracingEnabled (CDK: deployOptions: { tracingEnabled: true })',
})

const ofMode = ({ name, tracingMode }: FunctionFacts): Finding => ({
  verdict: tracingMode === 'Active' ? 'ok' : 'problem',
  subject: `Function ${name}`,
  text:
    tracingMode === 'Active'
      ? 'traces actively'
      : `has TracingConfig ${tracingMode}: it writes no segments of its own (CDK: tracing: Tracing.ACTIVE)`,
})

const ofRole = ({ name, role, mayWrite }: FunctionFacts): Finding => {
  const subject = `Role of ${name}`
  if (mayWrite === undefined) {
    return { verdict: 'note', subject, text: `could not be checked: ${role}` }
  }
  return mayWrite
    ? { verdict: 'ok', subject, text: `may write to X-Ray` }
    : {
        verdict: 'problem',
        subject,
        text: `may not write to X-Ray: allow ${XRAY_ACTIONS.join(' and ')} on * (policy AWSXRayDaemonWriteAccess) for ${role}`,
      }
}

const percent = (rate: number): string => `${Number((rate * 100).toFixed(3))} %`

const ofRule = ({ ruleName, reservoir, rate }: SamplingFacts): Finding => {
  const records = `${reservoir} a second and ${percent(rate)} of the rest`
  if (reservoir === 0 && rate === 0) {
    return {
      verdict: 'problem',
      subject: `Sampling rule ${ruleName}`,
      text: 'records nothing of what matches it',
    }
  }
  return {
    verdict: rate < 1 ? 'note' : 'ok',
    subject: `Sampling rule ${ruleName}`,
    text: `records ${records}`,
  }
}

const ofRecent = (recent: number): Finding =>
  recent > 0
    ? { verdict: 'ok', subject: 'Store', text: `${recent} traces in the last five minutes` }
    : {
        verdict: 'note',
        subject: 'Store',
        text: 'no traces in the last five minutes: was there a request? Rules that sample little may have passed it by',
      }

const ofDropped = (dropped: number): Finding[] =>
  dropped === 0
    ? []
    : [
        {
          verdict: 'problem',
          subject: 'Daemon',
          text: `dropped ${dropped.toLocaleString('en')} documents since the start: more came than it could take; sample less`,
        },
      ]

/** What an API, a function, a role and the rules say of traces; problems first explain why there are none. */
export const diagnose = (facts: TracingFacts): Finding[] => [
  ...facts.stages.map(ofStage),
  ...facts.functions.flatMap(each => [ofMode(each), ofRole(each)]),
  ...[...facts.rules].sort((a, b) => a.priority - b.priority).map(ofRule),
  ofRecent(facts.recent),
  ...ofDropped(facts.dropped),
]
