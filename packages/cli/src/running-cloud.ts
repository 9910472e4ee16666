import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from './app.ts'
import { UsageError } from './command.ts'

/** An app may deploy into several accounts and regions. */
export interface DeployedStack {
  readonly name: string
  readonly account: string
  readonly region: string
}

/** What `sonde up` leaves in the state directory for the other commands. */
export interface RunningCloud {
  readonly endpoint: string
  readonly account: string
  readonly region: string
  readonly stacks: readonly DeployedStack[]
}

const fileOf = (state: string): string => join(state, 'running.json')

export const recordRunning = (state: string, running: RunningCloud): void =>
  writeFileSync(fileOf(state), `${JSON.stringify(running, undefined, 2)}\n`)

export const forgetRunning = (state: string): void => rmSync(fileOf(state), { force: true })

export interface Health {
  readonly status: string
  readonly version: string
  readonly services: readonly string[]
}

/** The health of the cloud at an endpoint, or `undefined` where none answers. */
export const healthOf = async (endpoint: string): Promise<Health | undefined> => {
  try {
    const response = await fetch(`${endpoint}/_sonde/health`, { signal: AbortSignal.timeout(2_000) })
    return response.ok ? ((await response.json()) as Health) : undefined
  } catch {
    return undefined
  }
}

/**
 * The cloud that runs for an app.
 *
 * @throws UsageError that says how to start one
 */
export const findRunning = async ({
  name,
  state,
}: Pick<App, 'name' | 'state'>): Promise<RunningCloud & { readonly health: Health }> => {
  const path = fileOf(state)
  if (existsSync(path)) {
    const running = JSON.parse(readFileSync(path, 'utf8')) as RunningCloud
    const health = await healthOf(running.endpoint)
    if (health) return { ...running, health }
  }
  throw new UsageError(
    `No Sonde is running for ${name === '.' ? 'this folder' : name}. Start it with: sonde up ${name}`,
  )
}
