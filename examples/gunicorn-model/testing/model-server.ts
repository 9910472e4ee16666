import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { MODEL } from './python.ts'

export const MODEL_FILE = join(MODEL, '..', '..', 'flight-delay', 'model', 'model.onnx')

const LISTENING = /Listening at: http:\/\/127\.0\.0\.1:(\d+) /

export interface Answer {
  readonly status: number
  /** `undefined` where the body is empty. */
  readonly body: unknown
}

export interface ModelServer {
  readonly port: number
  readonly output: () => string
  /** Sends one request over a connection of its own, so that any worker may take it. */
  call(method: string, path: string, body?: string, headers?: Record<string, string>): Promise<Answer>
  /** SIGTERM to the process that was started. Resolves with its exit code. */
  stop(): Promise<number | null>
}

/** Asks an HTTP server on a loopback port. */
export const call = async (
  port: number,
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<Answer> => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    ...(body !== undefined && { body }),
    headers: { 'content-type': 'application/json', connection: 'close', ...headers },
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
}

/** Starts the server as the local convention does: `python3 serve.py`, in an environment of its own. */
export const startModelServer = async (env: Readonly<Record<string, string>>): Promise<ModelServer> => {
  const child = spawn('python3', ['serve.py'], {
    cwd: MODEL,
    env: {
      PATH: process.env.PATH ?? '',
      PYTHONDONTWRITEBYTECODE: '1',
      SAGEMAKER_BIND_TO_PORT: '0',
      MODEL_FILE,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const exited = once(child, 'exit')
  const listening = new Promise<number>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString()
        const port = LISTENING.exec(output)?.[1]
        if (port !== undefined) resolve(Number(port))
      })
    }
    child.once('error', reject)
    child.once('close', () => reject(new Error(`The model server ended:\n${output}`)))
  })
  const port = await listening
  return {
    port,
    output: () => output,
    call: (method, path, body, headers) => call(port, method, path, body, headers),
    stop: async () => {
      child.kill('SIGTERM')
      const [code] = await exited
      return code as number | null
    },
  }
}
