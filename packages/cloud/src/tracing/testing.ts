/** For tests: a gateway whose stage calls a real function, with what both record as a trace store would get it. */
import { UpdateStageCommand } from '@aws-sdk/client-api-gateway'
import { expect, vi } from 'vitest'
import type { SampledRequest } from '../kernel/ports.ts'
import { createApi, deploy } from '../services/apigateway/testing/apis.ts'
import { SCOPE, startGateway } from '../services/apigateway/testing/gateway.ts'
import { startLambda, zip } from '../services/lambda/testing/start-lambda.ts'
import { createTracing } from '../tracing.ts'

export interface Segment {
  readonly id: string
  readonly trace_id: string
  readonly name: string
  readonly parent_id?: string
  readonly origin?: string
  readonly start_time: number
  readonly end_time: number
  readonly subsegments: Segment[]
  readonly cause?: unknown
  readonly [member: string]: unknown
}

export const STAGE = 'AWS::ApiGateway::Stage'
export const SERVICE = 'AWS::Lambda'
export const CODE = 'AWS::Lambda::Function'
export const FUNCTION = 'predict'
/** A header of a client's, up to the decision. */
export const CALLER_TRACE = '1-5e66d96f-7491f092d2a5079d18acf3d0'
export const CALLER = '53995c3f42cd8ad8'
export const FROM_CALLER = `Root=${CALLER_TRACE};Parent=${CALLER}`

const SOURCE = `
exports.handler = async event => {
  const body = event.body ?? event
  if (body === 'throw') throw new TypeError('no such flight')
  if (body === 'hang') await new Promise(r => setTimeout(r, 60_000))
  if (body === 'exit') process.exit(7)
  return { statusCode: 200, body: process.env._X_AMZN_TRACE_ID }
}`

/** The function has active tracing, and the stage too. */
export const startTraced = async (options: { readonly daemonAddress?: () => string } = {}) => {
  const segments: Segment[] = []
  const asked: SampledRequest[] = []
  const settings = { sampled: true, permitted: true }
  const tracing = createTracing({ record: (_scope, segment) => void segments.push(segment as Segment) })
  const gateway = await startGateway({
    sampler: {
      decide: (_scope, request) => {
        asked.push(request)
        return { sampled: settings.sampled, ruleName: 'predictions' }
      },
    },
    onRequest: tracing.onRequest,
  })
  const lambda = await startLambda(undefined, {
    onInvocation: tracing.onInvocation,
    mayWriteTraces: () => settings.permitted,
    ...options,
  })
  const identity = {
    account: SCOPE.account,
    arn: `arn:aws:iam::${SCOPE.account}:root`,
    userId: SCOPE.account,
  }
  const context = () => ({ ...lambda.context, scope: SCOPE, identity })
  const createFunction = (FunctionName: string, options: object = {}) =>
    lambda.operations.CreateFunction?.(
      {
        FunctionName,
        Role: `arn:aws:iam::${SCOPE.account}:role/traced`,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        MemorySize: 512,
        Timeout: 1,
        TracingConfig: { Mode: 'Active' },
        Code: { ZipFile: zip({ 'index.js': SOURCE }) },
        ...options,
      },
      context(),
    )
  const configure = (options: object) =>
    lambda.operations.UpdateFunctionConfiguration?.({ FunctionName: FUNCTION, ...options }, context())
  await createFunction(FUNCTION)
  await lambda.operations.AddPermission?.(
    {
      FunctionName: FUNCTION,
      StatementId: 'api',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
    },
    context(),
  )
  gateway.onInvoke((_event, request) => lambda.lambda.invoke(request))
  const { restApiId } = await createApi(gateway)
  await deploy(gateway, restApiId)
  const setStageTracing = (on: boolean) =>
    gateway.client.send(
      new UpdateStageCommand({
        restApiId,
        stageName: 'prod',
        patchOperations: [{ op: 'replace', path: '/tracingEnabled', value: String(on) }],
      }),
    )
  await setStageTracing(true)

  /** All segments, once what environments have not reported yet has come with the next turns of the event loop. */
  const settled = async (): Promise<Segment[]> => {
    for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
    return segments
  }
  let colds = 0
  return {
    gateway,
    lambda,
    restApiId,
    segments,
    /** What the sampler was asked for. */
    asked,
    /** What the sampler answers, and whether roles may write traces. */
    settings,
    context,
    createFunction,
    configure,
    setStageTracing,
    settled,
    recorded: async (count: number): Promise<Segment[]> => {
      await vi.waitFor(() => expect(segments.length).toBeGreaterThanOrEqual(count))
      return settled()
    },
    /** The segment of an origin, of which there must be one. */
    one: (origin: string): Segment => {
      const [found, ...others] = segments.filter(segment => segment.origin === origin)
      if (!found || others.length > 0) throw new Error(`not one ${origin} in ${JSON.stringify(segments)}`)
      return found
    },
    /** Ends the environments that there are, so that the next invocation is cold. */
    makeCold: () => configure({ Description: `cold ${++colds}` }),
    call: (body: string, traceHeader?: string) =>
      gateway.call(restApiId, '/predict?day=1', {
        method: 'POST',
        headers: ['User-Agent', 'curl/8', ...(traceHeader ? ['X-Amzn-Trace-Id', traceHeader] : [])],
        body,
      }),
    invoke: (traceHeader: string | undefined, options: object = {}) =>
      lambda.operations.Invoke?.({ FunctionName: FUNCTION, ...options }, { ...context(), traceHeader }),
    /** Between two tests. */
    restart: async () => {
      await settled()
      segments.length = 0
      asked.length = 0
      settings.sampled = true
      settings.permitted = true
    },
    stop: async () => {
      await gateway.close()
      await lambda.stop()
    },
  }
}

export type Traced = Awaited<ReturnType<typeof startTraced>>
