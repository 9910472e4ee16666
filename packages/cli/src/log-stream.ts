import { stripVTControlCharacters } from 'node:util'
import type { Terminal } from './terminal.ts'

const FUNCTION_GROUP = /^\/aws\/lambda\/(.+)$/
const ENDPOINT_GROUP = /^\/aws\/sagemaker\/Endpoints\/(.+)$/

/** The platform's own lines, which say nothing of what the code did. */
const PLATFORM = /^(INIT_START|START RequestId|END RequestId)/
const REPORT = /^REPORT RequestId: \S+\s+(.*)$/s

/** Prints what functions and model servers log, each line behind the name of its source. */
export const printLogs =
  (terminal: Terminal) =>
  (
    _scope: unknown,
    group: string,
    _stream: string,
    events: ReadonlyArray<{ readonly message: string }>,
  ): void => {
    const name = FUNCTION_GROUP.exec(group)?.[1] ?? ENDPOINT_GROUP.exec(group)?.[1]
    if (name === undefined) return
    for (const { message } of events) {
      if (PLATFORM.test(message)) continue
      // What a function prints must not steer the terminal.
      const text = stripVTControlCharacters(message.trimEnd())
      const report = REPORT.exec(text)?.[1]
      const line =
        report === undefined ? text : terminal.style('dim', report.replace(/\s*\t\s*/g, '  ').trim())
      terminal.print(`${terminal.style('cyan', `[${name}]`)} ${line}`)
    }
  }
