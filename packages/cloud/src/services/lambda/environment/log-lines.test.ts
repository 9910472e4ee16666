import { describe, expect, it } from 'vitest'
import { jsonLines, textLines } from './log-lines.ts'

const OPTIONS = {
  functionName: 'predict',
  version: '$LATEST',
  initializationType: 'on-demand' as const,
  runtimeVersion: 'nodejs:22',
  runtimeVersionArn: 'arn',
}
const REPORT = {
  requestId: 'id',
  durationMs: 12.344,
  memorySizeMB: 128,
  maxMemoryUsedMB: 70,
  status: 'success' as const,
}
const TRACING = {
  traceId: '1-5e66d96f-7491f092d2a5079d18acf3d0',
  segmentId: '53995c3f42cd8ad8',
  header: 'Root=1-5e66d96f-7491f092d2a5079d18acf3d0;Parent=53995c3f42cd8ad8;Sampled=1',
}

describe('the report of an invocation', () => {
  it('names the trace on a line of its own where it is sampled', () => {
    const lines = textLines(OPTIONS)
    const report =
      'REPORT RequestId: id\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\t\n'
    expect(lines.report(0, REPORT)).toBe(report)
    expect(lines.report(0, { ...REPORT, tracing: TRACING })).toBe(
      `${report}XRAY TraceId: 1-5e66d96f-7491f092d2a5079d18acf3d0\tSegmentId: 53995c3f42cd8ad8\tSampled: true\t\n`,
    )
  })

  it('names it in JSON, as the start does', () => {
    const tracing = { spanId: TRACING.segmentId, type: 'X-Amzn-Trace-Id', value: TRACING.header }
    const lines = jsonLines(OPTIONS)
    expect(JSON.parse(lines.report(0, { ...REPORT, tracing: TRACING })).record.tracing).toEqual(tracing)
    expect(JSON.parse(lines.start(0, 'id', TRACING)).record.tracing).toEqual(tracing)
    expect(JSON.parse(lines.report(0, REPORT)).record).not.toHaveProperty('tracing')
    expect(JSON.parse(lines.start(0, 'id')).record).not.toHaveProperty('tracing')
  })
})

describe('the report of an initialisation ahead of all invocations', () => {
  const options = { ...OPTIONS, initializationType: 'provisioned-concurrency' as const }
  const report = { durationMs: 180.551, phase: 'init' as const, status: 'success' as const }

  it('has no status in text where it succeeded', () => {
    expect(textLines(options).initReport(0, report)).toBe(
      'INIT_REPORT Init Duration: 180.55 ms\tPhase: init\n',
    )
  })

  it('names the kind of initialisation in JSON', () => {
    expect(JSON.parse(jsonLines(options).initReport(0, report))).toEqual({
      time: '1970-01-01T00:00:00.000Z',
      type: 'platform.initReport',
      record: {
        initializationType: 'provisioned-concurrency',
        phase: 'init',
        status: 'success',
        metrics: { durationMs: 180.551 },
      },
    })
  })
})
