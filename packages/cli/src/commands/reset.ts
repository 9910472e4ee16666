import { existsSync, rmSync } from 'node:fs'
import { openApp, STATE } from '../app.ts'
import { type Arguments, type Command, UsageError } from '../command.ts'
import { findRunning } from '../running-cloud.ts'
import type { Terminal } from '../terminal.ts'

const reset = async (arguments_: Arguments, terminal: Terminal): Promise<number> => {
  const app = openApp(arguments_)
  const running = await findRunning(app).catch(() => undefined)
  if (running) {
    const response = await fetch(`${running.endpoint}/_sonde/reset`, { method: 'POST' })
    if (!response.ok) throw new UsageError(`The running Sonde refused the reset: ${response.status}.`)
    terminal.print(`Cleared the state of the Sonde at ${running.endpoint}. Start it again to deploy anew.`)
    return 0
  }
  const existed = existsSync(app.state)
  rmSync(app.state, { recursive: true, force: true })
  terminal.print(existed ? `Removed ${app.state}` : `${app.state} does not exist: nothing to reset.`)
  return 0
}

export const resetCommand: Command = {
  summary: 'forget all state of an app',
  operands: '[app]',
  description: [
    'Clears stacks, tables, logs and all else in [app]/.sonde: of the running Sonde, or on disk where none runs.',
  ].join('\n'),
  options: { state: STATE },
  run: reset,
}
