import { PortUnavailableError, StateDirectoryError, VERSION } from '@sonde/cloud'
import { type Command, helpOf, parseArguments, UsageError } from './command.ts'
import { alarmsCommand } from './commands/alarms.ts'
import { clockCommand } from './commands/clock.ts'
import { daemonCommand } from './commands/daemon.ts'
import { doctorCommand } from './commands/doctor.ts'
import { invokeCommand } from './commands/invoke.ts'
import { metricsCommand } from './commands/metrics.ts'
import { resetCommand } from './commands/reset.ts'
import { statusCommand } from './commands/status.ts'
import { traceCommand } from './commands/trace.ts'
import { tracesCommand } from './commands/traces.ts'
import { upCommand } from './commands/up.ts'
import { createTerminal, type Terminal } from './terminal.ts'

const COMMANDS: Readonly<Record<string, Command>> = {
  up: upCommand,
  invoke: invokeCommand,
  status: statusCommand,
  traces: tracesCommand,
  trace: traceCommand,
  alarms: alarmsCommand,
  metrics: metricsCommand,
  clock: clockCommand,
  doctor: doctorCommand,
  daemon: daemonCommand,
  reset: resetCommand,
}

const overview = (): string =>
  [
    'sonde: serverless ML inference on this machine, speaking AWS to real AWS clients',
    '',
    'Usage: sonde <command> [operand] [options]',
    '',
    ...Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`),
    '',
    'Every command explains itself: sonde <command> --help',
  ].join('\n')

/** Failures that say in one line what to change need no stack trace. */
const isExpected = (error: unknown): error is Error =>
  error instanceof UsageError || error instanceof PortUnavailableError || error instanceof StateDirectoryError

const runCommand = async (words: readonly string[], terminal: Terminal): Promise<number> => {
  const [name, ...rest] = words
  if (name === '--version' || name === '-v') {
    terminal.print(VERSION)
    return 0
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const topic = COMMANDS[rest[0] ?? '']
    terminal.print(topic ? helpOf(rest[0] as string, topic) : overview())
    return 0
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) throw new UsageError(`There is no command ${name}. See: sonde --help`)
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.print(helpOf(name, command))
    return 0
  }
  return command.run(parseArguments(command, rest, process.env), terminal)
}

const terminal = createTerminal()
try {
  process.exitCode = await runCommand(process.argv.slice(2), terminal)
} catch (error) {
  const text =
    isExpected(error) || !process.env.SONDE_DEBUG ? (error as Error).message : (error as Error).stack
  terminal.warn(`${terminal.style('red', 'sonde:')} ${text}`)
  if (!isExpected(error)) terminal.warn('This is a defect in Sonde. SONDE_DEBUG=1 shows where.')
  process.exitCode = 1
}
