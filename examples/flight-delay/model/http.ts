/**
 * SageMaker's container contract over HTTP:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { capture } from '@sonde/trace'
import { traced } from '@sonde/trace/http'
import { createBatcher } from './batcher.ts'
import { InvalidInstancesError, readInstances } from './instances.ts'
import type { OnnxModel } from './onnx-model.ts'

/** Largest body accepted; a row of 16 numbers is about 200 bytes. */
export const MAX_BODY_BYTES = 1_048_576

/** The node in the service graph that stands for the inside of the model. */
const TRACE_NAME = 'flight-delay-model'

/** Rows computed at once. Some milliseconds of work, so that `/ping` is answered in between. */
const MAX_BATCH_ROWS = 512

// Longer than clients pool idle connections, so that none is closed under a request.
const KEEP_ALIVE_MS = 75_000

export interface ModelServer {
  readonly server: Server
  /** From here on `/ping` answers 200. The model has been warmed up by the caller. */
  ready(model: OnnxModel): void
}

const send = (response: ServerResponse, status: number, body?: object): void => {
  const text = body === undefined ? '' : JSON.stringify(body)
  response.writeHead(status, {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

/** @throws InvalidInstancesError where the body is too large */
const readBody = async (request: IncomingMessage): Promise<Uint8Array> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) {
      throw new InvalidInstancesError(`The body is larger than ${MAX_BODY_BYTES} bytes.`, 413)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** A server that is not listening yet. Before {@link ModelServer.ready} it answers 503 to everything. */
export const createModelServer = (onError: (error: unknown) => void): ModelServer => {
  let invoke: ((request: IncomingMessage) => Promise<object>) | undefined

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const route = `${request.method} ${request.url?.split('?', 1)[0]}`
    if (route !== 'GET /ping' && route !== 'POST /invocations') {
      request.resume()
      return send(response, 404, {
        error: `There is no ${route}: GET /ping and POST /invocations are served.`,
      })
    }
    if (!invoke) return send(response, 503, { error: 'The model is being loaded.' })
    if (route === 'GET /ping') return send(response, 200)
    try {
      send(response, 200, await invoke(request))
    } catch (error) {
      if (error instanceof InvalidInstancesError) {
        // The rest of a body that is too large is not read.
        if (error.status === 413) response.setHeader('connection', 'close')
        return send(response, error.status, { error: error.message })
      }
      onError(error)
      if (!response.headersSent) send(response, 500, { error: 'The model could not be run.' })
    }
  }

  // The caller's trace comes in SageMaker's custom attributes: of all headers, those reach a container.
  const server = createServer(
    traced(
      (request, response) => {
        answer(request, response).catch(onError)
      },
      { name: TRACE_NAME },
    ),
  )
  server.keepAliveTimeout = KEEP_ALIVE_MS

  return {
    server,
    ready: ({ featureNames, modelVersion, threshold, run }) => {
      const batcher = createBatcher(run, featureNames.length, MAX_BATCH_ROWS)
      invoke = async request => {
        const rows = await capture('## parse', async () =>
          readInstances(await readBody(request), request.headers['content-type'], featureNames),
        )
        const predictions = await capture('## predict', run => {
          run.annotate('model_version', modelVersion)
          return batcher.predict(rows)
        })
        return { predictions: Array.from(predictions), model_version: modelVersion, threshold }
      }
    },
  }
}
