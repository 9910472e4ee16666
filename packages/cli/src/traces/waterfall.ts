import type { Terminal } from '../terminal.ts'
import type { Row, Span } from './span-tree.ts'

const NAME_WIDTH = 40
const KIND_WIDTH = 18
const TIME_WIDTH = 10
const LEAST_BAR = 10
const LARGEST_BAR = 60

type Style = Parameters<Terminal['style']>[0]

/** Amber as in AWS's console: what a cold start takes. */
const styleOf = ({ coldStart, state }: Span): Style => {
  if (state === 'fault') return 'red'
  if (state === 'error') return 'magenta'
  if (state === 'throttle') return 'blueBright'
  return coldStart ? 'yellow' : 'green'
}

/** `0.82 ms`, `12.4 ms`, `1.25 s`. */
export const duration = (milliseconds: number): string => {
  if (milliseconds >= 1_000) return `${(milliseconds / 1_000).toFixed(2)} s`
  return `${milliseconds.toFixed(milliseconds < 10 ? 2 : 1)} ms`
}

/** Long names differ at their ends: generated ones begin with the stack's. */
const fit = (text: string, width: number): string => {
  if (text.length <= width) return text.padEnd(width)
  const head = Math.ceil((width - 1) / 2)
  return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`
}

/** `AWS::Lambda::Function` as `Lambda::Function`. */
const kindOf = ({ kind = '' }: Span): string => fit(kind.replace(/^AWS::/, ''), KIND_WIDTH)

interface Scale {
  readonly start: number
  readonly length: number
  readonly width: number
}

const scaleOf = (rows: readonly Row[], width: number): Scale => {
  let start = Number.POSITIVE_INFINITY
  let end = Number.NEGATIVE_INFINITY
  for (const { span } of rows) {
    start = Math.min(start, span.start)
    end = Math.max(end, span.end ?? span.start)
  }
  return { start, length: Math.max(end - start, 1e-6), width }
}

const barOf = (span: Span, { start, length, width }: Scale): string => {
  const from = Math.min(width - 1, Math.floor(((span.start - start) / length) * width))
  const to = Math.round((((span.end ?? start + length) - start) / length) * width)
  const cells = Math.min(width - from, Math.max(1, to - from))
  return ' '.repeat(from) + (span.end === undefined ? '░' : '█').repeat(cells)
}

const lineOf = ({ span, depth }: Row, scale: Scale, terminal: Terminal): string[] => {
  const indent = '  '.repeat(Math.min(depth, 12))
  const took = span.end === undefined ? 'running' : duration((span.end - span.start) * 1_000)
  const name = fit(indent + span.name, NAME_WIDTH)
  const bar = terminal.style(styleOf(span), barOf(span, scale))
  const kind = terminal.style('dim', kindOf(span))
  const line = `${name} ${kind} ${took.padStart(TIME_WIDTH)}  ${bar}`
  const notes = Object.entries(span.annotations).map(([key, value]) => `${key}=${String(value)}`)
  const detail = [
    ...(span.message ? [terminal.style('red', span.message)] : []),
    ...notes.map(note => terminal.style('dim', note)),
  ]
  return detail.length > 0 ? [line, `${indent}    ${detail.join('  ')}`] : [line]
}

/**
 * A trace as lines of text: names, times and bars on one scale.
 *
 * @param columns of the terminal
 */
export const renderWaterfall = (rows: readonly Row[], columns: number, terminal: Terminal): string[] => {
  const width = Math.min(LARGEST_BAR, Math.max(LEAST_BAR, columns - NAME_WIDTH - KIND_WIDTH - TIME_WIDTH - 4))
  const scale = scaleOf(rows, width)
  return rows.flatMap(row => lineOf(row, scale, terminal))
}
