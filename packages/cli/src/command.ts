import { parseArgs } from 'node:util'
import type { Terminal } from './terminal.ts'

/** A failure that is the user's to mend: printed as one line, exit code 1. */
export class UsageError extends Error {
  override readonly name = 'UsageError' as const
}

/** An option of the command line and the variable that sets it where the flag is absent. */
export interface Option {
  readonly type: 'string' | 'boolean'
  readonly variable?: string
  /** What stands for the value in the help text. */
  readonly value?: string
  readonly help: string
}

export interface Command {
  /** One line for the list of commands. */
  readonly summary: string
  /** Behind the command's name, such as `[app]`. */
  readonly operands: string
  readonly options: Readonly<Record<string, Option>>
  /** What the command does and what to try, for `--help`. */
  readonly description: string
  run(arguments_: Arguments, terminal: Terminal): Promise<number>
}

/** A command line, taken apart. */
export interface Arguments {
  readonly operands: readonly string[]
  text(option: string): string | undefined
  flag(option: string): boolean
  /** @throws UsageError where it is no whole number of 0 to `max` */
  integer(option: string, max: number): number | undefined
}

/** @throws UsageError naming an unknown option, or a missing value */
export const parseArguments = (
  command: Command,
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
): Arguments => {
  let parsed: { values: Record<string, unknown>; positionals: string[] }
  try {
    parsed = parseArgs({
      args: words.slice(),
      options: Object.fromEntries(
        Object.entries(command.options).map(([name, { type }]) => [name, { type }]),
      ),
      allowPositionals: true,
    }) as typeof parsed
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. To specify')[0]}. See --help.`, {
      cause: error,
    })
  }
  const lookUp = (name: string): unknown => {
    const variable = command.options[name]?.variable
    return parsed.values[name] ?? (variable ? environment[variable] : undefined)
  }
  const text = (name: string): string | undefined => {
    const value = lookUp(name)
    return typeof value === 'string' ? value : undefined
  }
  return {
    operands: parsed.positionals,
    text,
    flag: name => lookUp(name) === true || lookUp(name) === '1' || lookUp(name) === 'true',
    integer: (name, max) => {
      const value = text(name)
      if (value === undefined) return undefined
      if (!/^\d+$/.test(value) || Number(value) > max) {
        throw new UsageError(`--${name} must be a whole number from 0 to ${max}, not ${value}.`)
      }
      return Number(value)
    },
  }
}

/** The `--help` of one command. */
export const helpOf = (name: string, command: Command): string => {
  const rows = Object.entries(command.options).map(([option, { value, help, variable }]) => {
    const left = `  --${option}${value ? ` ${value}` : ''}`
    return `${left.padEnd(28)}${help}${variable ? ` [${variable}]` : ''}`
  })
  return [
    `Usage: sonde ${name}${command.operands ? ` ${command.operands}` : ''}`,
    '',
    command.description,
    ...(rows.length > 0 ? ['', 'Options:', ...rows] : []),
  ].join('\n')
}
