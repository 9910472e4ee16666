import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface StartedProcess {
  readonly child: ChildProcess
  /** What matched the line that it was awaited by. */
  readonly match: RegExpMatchArray
  /** Milliseconds from spawn to that line. */
  readonly took: number
  stop(): Promise<void>
}

/**
 * Starts a process and waits for a line.
 *
 * @throws Error with the output where it ends before that, or takes longer than `timeout` ms
 */
export const startUntil = async (
  command: string,
  args: readonly string[],
  options: {
    readonly cwd: string
    readonly until: RegExp
    readonly env?: NodeJS.ProcessEnv
    readonly timeout?: number
  },
): Promise<StartedProcess> => {
  const started = performance.now()
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const { promise, resolve, reject } = Promise.withResolvers<RegExpMatchArray>()
  const read = (chunk: Buffer) => {
    output += chunk.toString()
    const match = options.until.exec(output)
    if (match) resolve(match)
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  const failed = (reason: string) => reject(new Error(`${command} ${args.join(' ')} ${reason}:\n${output}`))
  child.once('error', reject)
  child.once('exit', code => failed(`ended with ${code}`))
  const timer = setTimeout(() => {
    failed('was not ready in time')
    child.kill('SIGKILL')
  }, options.timeout ?? 120_000)
  const match = await promise.finally(() => clearTimeout(timer))
  return {
    child,
    match,
    took: performance.now() - started,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      const killer = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await exited
      clearTimeout(killer)
    },
  }
}
