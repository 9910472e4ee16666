import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Where a command writes. Colours only where the stream is a terminal that wants them (NO_COLOR is honoured). */
export interface Terminal {
  print(line: string): void
  /** To stderr. */
  warn(line: string): void
  style(style: Style, text: string): string
}

export const createTerminal = (
  out: NodeJS.WriteStream = process.stdout,
  err: NodeJS.WriteStream = process.stderr,
): Terminal => {
  // Whoever reads the output has seen enough of it (`sonde alarms | head`).
  out.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  return terminalOn(out, err)
}

const terminalOn = (out: NodeJS.WriteStream, err: NodeJS.WriteStream): Terminal => ({
  print: line => {
    out.write(`${line}\n`)
  },
  warn: line => {
    err.write(`${line}\n`)
  },
  style: (style, text) => styleText(style, text, { stream: out }),
})

/** `0.4 s`, `12 s`. */
export const seconds = (milliseconds: number): string =>
  `${(milliseconds / 1_000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`
