import { realpathSync } from 'node:fs'
import { isAbsolute, join, relative, sep } from 'node:path'
import { validationException } from './errors.ts'

/** The key in a model resource's `Metadata`, and of the tag that does the same for models made through the API. */
export const CONTAINER_KEY = 'sonde:container'

/** How the container of a model is run on this machine: the value of `sonde:container`. */
export interface LocalContainer {
  /** The program and its arguments, literally: no shell, and no `serve` is appended. `node` is the cloud's own Node. */
  readonly command: readonly string[]
  /** Relative to the app's folder and inside it. Default `.`. */
  readonly directory: string
  /** Added to the container's `Environment`, on this machine only; wins where both set a name. */
  readonly environment: Readonly<Record<string, string>>
}

const KEYS = ['command', 'directory', 'environment']

const invalid = (problem: string): Error =>
  validationException(`${CONTAINER_KEY} of the model is invalid: ${problem}.`)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const commandOf = (value: unknown): string[] => {
  if (!Array.isArray(value) || value.length === 0 || !value.every(part => typeof part === 'string')) {
    throw invalid('"command" must be a list of strings, such as ["node", "server.ts"]')
  }
  if (value[0] === '') throw invalid('"command" must start with the name of a program')
  if (value.some(part => part.includes('\0'))) throw invalid('"command" must not contain NUL')
  return value
}

const directoryOf = (value: unknown): string => {
  if (value === undefined) return '.'
  if (typeof value !== 'string' || value === '' || value.includes('\0')) {
    throw invalid('"directory" must be a path relative to the app\'s folder')
  }
  return value
}

const environmentOf = (value: unknown): Record<string, string> => {
  if (value === undefined) return {}
  if (!isObject(value)) throw invalid('"environment" must be a map of strings')
  const entries = Object.entries(value).map(([name, item]): [string, string] => {
    if (typeof item !== 'string' && typeof item !== 'number' && typeof item !== 'boolean') {
      throw invalid(`"environment.${name}" must be a string`)
    }
    if (name === '' || /[=\0]/.test(name) || String(item).includes('\0')) {
      throw invalid(`"environment.${name}" is no valid environment variable`)
    }
    return [name, String(item)]
  })
  return Object.fromEntries(entries)
}

/**
 * Reads the value of `sonde:container`.
 *
 * @throws ServiceError `ValidationException` naming what is wrong, unknown keys included
 */
export const parseLocalContainer = (value: unknown): LocalContainer => {
  if (!isObject(value)) throw invalid('it must be an object with "command" and, optionally, "directory"')
  const unknown = Object.keys(value).find(key => !KEYS.includes(key))
  if (unknown !== undefined) throw invalid(`"${unknown}" is not one of its keys (${KEYS.join(', ')})`)
  return {
    command: commandOf(value.command),
    directory: directoryOf(value.directory),
    environment: environmentOf(value.environment),
  }
}

/** The same from the text of a tag. */
export const parseLocalContainerTag = (text: string): LocalContainer => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw invalid(`the tag's value is not JSON (${error instanceof Error ? error.message : error})`)
  }
  return parseLocalContainer(value)
}

const inside = (parent: string, child: string): boolean => {
  const path = relative(parent, child)
  return path === '' || (path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path))
}

/**
 * The folder that the container's process starts in, symbolic links followed.
 *
 * @throws ServiceError `ValidationException` where it does not exist or lies outside of the app's folder
 */
export const containerDirectory = (appDirectory: string | undefined, container: LocalContainer): string => {
  if (appDirectory === undefined) {
    throw invalid('the local cloud was started without an app folder, which "directory" is relative to')
  }
  const outside = () => invalid(`"directory" ${JSON.stringify(container.directory)} leaves the app's folder`)
  const path = join(appDirectory, container.directory)
  if (isAbsolute(container.directory) || !inside(appDirectory, path)) throw outside()
  let real: string
  try {
    real = realpathSync(path)
  } catch {
    throw invalid(`"directory" ${JSON.stringify(container.directory)} does not exist in the app's folder`)
  }
  if (!inside(realpathSync(appDirectory), real)) throw outside()
  return real
}
