import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { capture } from './core/capture.ts'
import { wrapHandler } from './lambda.ts'
import { startDaemon } from './testing/daemon.ts'
import { lambdaInvocation } from './testing/lambda-environment.ts'

let daemon: Awaited<ReturnType<typeof startDaemon>>
const invocation = lambdaInvocation()

beforeEach(async () => {
  daemon = await startDaemon({ ...invocation.environment, _HANDLER: 'index.handler' })
})
afterEach(() => daemon.stop())

describe('wrapHandler', () => {
  it('captures an invocation as one document, with ColdStart at the first only', async () => {
    const handler = wrapHandler(async (event: { n: number }) => {
      await capture('## preprocess', async () => {})
      return capture('## predict', async () => event.n + 1)
    })
    expect(await handler({ n: 1 })).toBe(2)
    const next = lambdaInvocation()
    process.env._X_AMZN_TRACE_ID = next.header
    expect(await handler({ n: 2 })).toBe(3)
    expect(await daemon.documents()).toMatchObject([
      {
        name: '## index.handler',
        trace_id: invocation.root,
        parent_id: invocation.parent,
        annotations: { ColdStart: true },
        subsegments: [{ name: '## preprocess' }, { name: '## predict' }],
      },
      { trace_id: next.root, parent_id: next.parent, annotations: { ColdStart: false } },
    ])
  })

  it('has handed everything to the operating system when the handler’s promise is settled', async () => {
    const { emitted } = await import('./core/emitter.ts')
    const before = emitted().sent
    await wrapHandler(async () => {})()
    expect(emitted().sent).toBe(before + 1)
  })

  it('lets the handler’s exception through, recorded', async () => {
    const failure = new Error('no model')
    await expect(wrapHandler(async () => Promise.reject(failure))()).rejects.toBe(failure)
    expect((await daemon.documents())[0]).toMatchObject({
      fault: true,
      cause: { exceptions: [{ message: 'no model' }] },
    })
  })

  it('takes handlers with a callback, whose capture ends when that is called', async () => {
    const handler = wrapHandler(
      (event: number, _context: unknown, callback: (error: Error | null, result?: number) => void) => {
        setImmediate(() =>
          capture('late', () => callback(event < 0 ? new Error('negative') : null, event * 2)),
        )
      },
    )
    const ignored = (): void => {}
    expect(await handler(4, {}, ignored)).toBe(8)
    expect((await daemon.documents())[0]).toMatchObject({ name: '## index.handler' })
    await expect(handler(-1, {}, ignored)).rejects.toThrow('negative')
  })

  it('keeps what Lambda reads off a handler', () => {
    const streaming = Object.assign(async (_event: unknown, _stream: unknown, _context: unknown) => {}, {
      [Symbol.for('aws.lambda.runtime.handler.streaming')]: 'response',
    })
    const wrapped = wrapHandler(streaming)
    expect(wrapped.length).toBe(3)
    expect(wrapped[Symbol.for('aws.lambda.runtime.handler.streaming') as never]).toBe('response')
  })

  it('reads the context from the runtime’s store where that runs several invocations at once', async () => {
    const other = lambdaInvocation()
    const globals = globalThis as { awslambda?: unknown }
    globals.awslambda = { InvokeStore: { getXRayTraceId: () => other.header } }
    try {
      await wrapHandler(async () => {})()
    } finally {
      delete globals.awslambda
    }
    expect((await daemon.documents())[0]?.trace_id).toBe(other.root)
  })

  it('runs the handler as it is where there is no trace', async () => {
    delete process.env._X_AMZN_TRACE_ID
    expect(await wrapHandler(async (n: number) => n)(5)).toBe(5)
    expect(await daemon.documents()).toEqual([])
  })
})
