import type { Arguments, Command } from '../command.ts'
import { diagnose, type Finding } from '../doctor/finding.ts'
import { readFacts } from '../doctor/read-facts.ts'
import { findPlace, PLACE_OPTIONS } from '../place.ts'
import type { Terminal } from '../terminal.ts'

const MARKS: Readonly<
  Record<Finding['verdict'], readonly [mark: string, style: Parameters<Terminal['style']>[0]]>
> = {
  ok: ['✓', 'green'],
  problem: ['✗', 'red'],
  note: ['·', 'yellow'],
}

const doctor = async (arguments_: Arguments, terminal: Terminal): Promise<number> => {
  const findings = diagnose(await readFacts(await findPlace(arguments_)))
  for (const { verdict, subject, text } of findings) {
    const [mark, style] = MARKS[verdict]
    terminal.print(`${terminal.style(style, mark)} ${subject} ${text}`)
  }
  return findings.some(({ verdict }) => verdict === 'problem') ? 1 : 0
}

export const doctorCommand: Command = {
  summary: 'explain why requests are not traced',
  operands: '',
  description: [
    'Looks at all that a trace depends on: tracing of API stages and functions, X-Ray permissions of their roles, sampling',
    'rules, and what has arrived. Exit code 1 where something prevents traces.',
  ].join('\n'),
  options: PLACE_OPTIONS,
  run: doctor,
}
