import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UsageError } from './command.ts'

/** A request that shows what an app does: `sonde.json` beside its `cdk.json`. */
export interface ExampleRequest {
  /** The stack output with the URL. */
  readonly output: string
  readonly method: string
  readonly body?: unknown
}

export interface App {
  /** Absolute. */
  readonly folder: string
  /** Where Sonde keeps its state. */
  readonly state: string
  readonly example: ExampleRequest | undefined
}

const readExample = (folder: string): ExampleRequest | undefined => {
  const path = join(folder, 'sonde.json')
  if (!existsSync(path)) return undefined
  let request: Partial<ExampleRequest> | undefined
  try {
    request = JSON.parse(readFileSync(path, 'utf8')).request
  } catch (error) {
    throw new UsageError(`${path} is not valid JSON: ${(error as Error).message}`, { cause: error })
  }
  if (!request) return undefined
  if (typeof request.output !== 'string') {
    throw new UsageError(`${path}: "request" needs "output", the name of the stack output with the URL.`)
  }
  return { method: 'POST', ...request, output: request.output }
}

/** @throws UsageError where there is no such folder */
export const openApp = (folder = '.'): App => {
  const absolute = resolve(folder)
  if (!existsSync(absolute) || !statSync(absolute).isDirectory()) {
    throw new UsageError(`There is no folder ${folder}.`)
  }
  return { folder: absolute, state: join(absolute, '.sonde'), example: readExample(absolute) }
}
