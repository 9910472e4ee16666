import { describe, expect, it } from 'vitest'
import { readSettings } from './settings.ts'

describe('readSettings', () => {
  it('is quiet and on by default', () => {
    expect(readSettings({})).toEqual({
      enabled: true,
      contextMissing: 'IGNORE_ERROR',
      logLevel: 'error',
      tracingName: undefined,
      daemonAddress: undefined,
      collectSql: false,
      streamingThreshold: 100,
      samplingRules: undefined,
      inLambda: false,
    })
  })

  it.each([
    [{ AWS_XRAY_SDK_ENABLED: 'False' }, { enabled: false }],
    [{ AWS_XRAY_SDK_ENABLED: '0' }, { enabled: false }],
    [{ AWS_XRAY_SDK_ENABLED: 'yes' }, { enabled: true }],
    [{ AWS_XRAY_CONTEXT_MISSING: 'RUNTIME_ERROR' }, { contextMissing: 'RUNTIME_ERROR' }],
    [{ AWS_XRAY_CONTEXT_MISSING: 'something' }, { contextMissing: 'IGNORE_ERROR' }],
    [{ AWS_XRAY_LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
    [{ AWS_XRAY_LOG_LEVEL: 'loud' }, { logLevel: 'error' }],
    [{ AWS_XRAY_DEBUG_MODE: 'FALSE' }, { logLevel: 'debug' }],
    [{ AWS_XRAY_COLLECT_SQL_QUERIES: 'false' }, { collectSql: true }],
    [{ SONDE_TRACE_STREAMING_THRESHOLD: '0' }, { streamingThreshold: 0 }],
    [{ SONDE_TRACE_STREAMING_THRESHOLD: 'many' }, { streamingThreshold: 100 }],
    [{ LAMBDA_TASK_ROOT: '/var/task' }, { inLambda: true }],
  ])('reads %j', (environment, expected) => {
    expect(readSettings(environment)).toMatchObject(expected)
  })
})
