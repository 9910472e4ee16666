import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Arguments, type Option, UsageError } from './command.ts'

/** A request that shows what an app does: `sonde.json` beside its `cdk.json`. */
export interface ExampleRequest {
  /** The stack output with the URL. */
  readonly output: string
  readonly method: string
  readonly body?: unknown
}

export interface App {
  /** As the user called it. */
  readonly name: string
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

/** The option of every command that works on an app. */
export const STATE: Option = {
  type: 'string',
  value: 'folder',
  variable: 'SONDE_STATE',
  help: 'Where state is kept. Default [app]/.sonde',
}

/**
 * The app that a command line names: its first operand, or this folder.
 *
 * @throws UsageError where there is no such folder
 */
export const openApp = (arguments_: Arguments): App => {
  const folder = arguments_.operands[0] ?? '.'
  const absolute = resolve(folder)
  if (!existsSync(absolute) || !statSync(absolute).isDirectory()) {
    throw new UsageError(`There is no folder ${folder}.`)
  }
  if (arguments_.operands.length > 1) throw new UsageError('One app at a time, please.')
  const state = resolve(arguments_.text('state') ?? join(absolute, '.sonde'))
  return { name: folder, folder: absolute, state, example: readExample(absolute) }
}
