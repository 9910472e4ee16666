/**
 * The model server: `node server.ts`. SageMaker adds the argument `serve`, which changes nothing.
 *
 * Environment: `SAGEMAKER_BIND_TO_PORT`, default 8080; `MODEL_HOST`, the address to listen on, default 127.0.0.1 (the
 * image sets 0.0.0.0, as a container must be reached from outside).
 */
import { join } from 'node:path'
import { createModelServer } from './http.ts'
import { loadModel } from './onnx-model.ts'

const DEFAULT_PORT = 8080
const DEFAULT_HOST = '127.0.0.1'

const log = (level: 'info' | 'error', message: string, details: object = {}): void => {
  process.stdout.write(`${JSON.stringify({ level, message, ...details })}\n`)
}

const fail = (message: string): never => {
  log('error', message)
  process.exit(1)
}

const port = Number(process.env.SAGEMAKER_BIND_TO_PORT ?? DEFAULT_PORT)
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  fail(`SAGEMAKER_BIND_TO_PORT is no port: ${process.env.SAGEMAKER_BIND_TO_PORT}`)
}

const { server, ready } = createModelServer(error => {
  log('error', error instanceof Error ? error.message : String(error))
})
server.once('error', error => fail(`Cannot listen on port ${port}: ${error.message}`))

// Listening comes first, so that a health check finds "not yet" instead of a refused connection.
server.listen(port, process.env.MODEL_HOST ?? DEFAULT_HOST, async () => {
  try {
    const model = await loadModel(join(import.meta.dirname, 'model.onnx'))
    // The first run allocates; nobody's request should wait for that.
    await model.run(new Float32Array(model.featureNames.length))
    ready(model)
    const address = server.address()
    log('info', 'ready', {
      model_version: model.modelVersion,
      port: typeof address === 'object' ? address?.port : port,
    })
  } catch (error) {
    fail(`The model cannot be loaded: ${error instanceof Error ? error.message : error}`)
  }
})

/** Requests in progress are answered, idle connections closed; then nothing keeps the process. */
const shutDown = (): void => {
  server.close(() => process.exit(0))
  server.closeIdleConnections()
}
process.once('SIGTERM', shutDown)
process.once('SIGINT', shutDown)
