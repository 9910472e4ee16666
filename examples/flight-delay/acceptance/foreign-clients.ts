import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const environment = (endpoint: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: tmpdir(),
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: '000000000000',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_DEFAULT_REGION: 'us-east-1',
})

/** Whether a command runs here: foreign clients are used where the machine has them. */
export const has = async (command: string, ...args: string[]): Promise<boolean> => {
  try {
    await run(command, args)
    return true
  } catch {
    return false
  }
}

/** Runs the AWS CLI and reads its JSON. */
export const awsCli = async (endpoint: string, ...args: string[]): Promise<Record<string, unknown>> => {
  const { stdout } = await run('aws', [...args, '--output', 'json'], { env: environment(endpoint) })
  return stdout.trim() === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>)
}

/** Runs an AWS CLI command that writes a payload to a file, and reads that. */
export const awsCliPayload = async (
  endpoint: string,
  ...args: string[]
): Promise<Record<string, unknown>> => {
  const file = join(mkdtempSync(join(tmpdir(), 'sonde-cli-')), 'payload')
  await run('aws', [...args, file], { env: environment(endpoint) })
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
}

/** Runs a Python program that prints JSON. */
export const python = async (endpoint: string, program: string, ...args: string[]): Promise<unknown> => {
  const { stdout } = await run('python3', ['-c', program, ...args], { env: environment(endpoint) })
  return JSON.parse(stdout)
}
