import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The folder of the model server. */
export const MODEL = join(import.meta.dirname, '..', 'model')

export interface Ran {
  readonly code: number
  readonly output: string
}

/** Runs `python3` in the folder of the model server, with nothing but `env`, and never rejects. */
export const python = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  program = 'python3',
): Promise<Ran> => {
  const options = {
    cwd: MODEL,
    env: { PATH: process.env.PATH ?? '', PYTHONDONTWRITEBYTECODE: '1', ...env },
  }
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, options)
    return { code: 0, output: stdout + stderr }
  } catch (error) {
    const { code, stdout = '', stderr = '', message } = error as Error & Partial<Record<string, unknown>>
    return typeof code === 'number'
      ? { code, output: `${stdout}${stderr}` }
      : { code: -1, output: `python3 cannot be run: ${message}` }
  }
}

/** What is missing here to run the model server, or `undefined`. */
export const whatIsMissing = async (): Promise<string | undefined> => {
  const { code, output } = await python(['serve.py', '--check'])
  return code === 0 ? undefined : output.trim()
}
