import { UsageError } from '../command.ts'
import { parseSpan } from '../span.ts'

/** What `/_sonde/clock` is asked. */
export interface ClockRequest {
  readonly mode?: 'real' | 'scaled' | 'stepped'
  readonly speed?: number
  readonly at?: string
  /** ms */
  readonly advance?: number
}

const MOST_OPERANDS = 2

type Reader = (value: string | undefined) => ClockRequest

const required = (value: string | undefined, usage: string): string => {
  if (value === undefined) throw new UsageError(`Say ${usage}.`)
  return value
}

const READERS: Readonly<Record<string, Reader>> = {
  real: value => {
    if (value !== undefined) throw new UsageError('sonde clock real takes nothing more.')
    return { mode: 'real' }
  },
  speed: value => {
    const speed = Number(required(value, 'how many times as fast: sonde clock speed 60'))
    if (!(speed > 0)) throw new UsageError(`The speed must be a number above 0, not ${value}.`)
    return { mode: 'scaled', speed }
  },
  step: value => {
    if (value === undefined) return { mode: 'stepped' }
    if (Number.isNaN(Date.parse(value))) {
      throw new UsageError(`${value} is no time. Write it as 2030-01-01T00:00:00Z.`)
    }
    return { mode: 'stepped', at: new Date(value).toISOString() }
  },
  advance: value => ({ advance: parseSpan(required(value, 'how far: sonde clock advance 5m'), 'The way') }),
}

/** Reads the operands of `sonde clock`; `undefined` where it is only asked. @throws UsageError in one line */
export const readClockRequest = (operands: readonly string[]): ClockRequest | undefined => {
  const [word, value] = operands
  if (word === undefined) return undefined
  const reader = Object.hasOwn(READERS, word) ? READERS[word] : undefined
  if (!reader || operands.length > MOST_OPERANDS) {
    throw new UsageError(`sonde clock takes one of ${Object.keys(READERS).join(', ')}. See --help.`)
  }
  return reader(value)
}

/** The longest part of a way that is gone at once: progress is shown between them. */
const LONGEST_STEP = 3_600_000

/** The parts in which a way is gone, in ms. */
export const partsOf = (way: number): number[] => {
  const parts = new Array<number>(Math.floor(way / LONGEST_STEP)).fill(LONGEST_STEP)
  if (way % LONGEST_STEP > 0 || parts.length === 0) parts.push(way % LONGEST_STEP)
  return parts
}
