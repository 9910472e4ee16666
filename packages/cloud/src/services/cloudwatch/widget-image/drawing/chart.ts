import type { Theme } from './theme.ts'

export type Side = 'left' | 'right'

/** One line of a picture. */
export interface ChartSeries {
  readonly label: string
  readonly color: string
  readonly side: Side
  /** Of CloudWatch; undefined for the results of expressions. */
  readonly unit: string | undefined
  /** In ms. */
  readonly period: number
  /** Ascending, in ms since the epoch. */
  readonly times: readonly number[]
  readonly values: readonly number[]
}

/** What is expected: the area between two lines of the same times. */
export interface ChartBand {
  readonly label: string
  readonly color: string
  readonly side: Side
  readonly times: readonly number[]
  readonly lower: readonly number[]
  readonly upper: readonly number[]
}

/** A line, or the area between two, across the picture. */
export interface HorizontalAnnotation {
  readonly value: number
  /** The other side of a band. */
  readonly to?: { readonly value: number; readonly label?: string }
  readonly label?: string
  readonly color: string
  readonly fill: 'none' | 'above' | 'below'
  readonly side: Side
}

export interface VerticalAnnotation {
  /** ms since the epoch. */
  readonly time: number
  readonly to?: { readonly time: number; readonly label?: string }
  readonly label?: string
  readonly color: string
  readonly fill: 'none' | 'before' | 'after'
}

export interface AxisOptions {
  readonly min?: number
  readonly max?: number
  readonly label?: string
  readonly showUnits?: boolean
}

/** All that a picture shows. Sizes are in pixels. */
export interface Chart {
  readonly width: number
  readonly height: number
  readonly theme: Theme
  readonly title: string | undefined
  readonly view: 'timeSeries' | 'singleValue' | 'gauge' | 'bar' | 'pie'
  readonly stacked: boolean
  /** ms since the epoch. */
  readonly range: { readonly start: number; readonly end: number }
  /** What to add to UTC for the clock of the time axis, in ms. */
  readonly offset: number
  readonly series: readonly ChartSeries[]
  readonly bands: readonly ChartBand[]
  readonly horizontal: readonly HorizontalAnnotation[]
  readonly vertical: readonly VerticalAnnotation[]
  readonly axes: Readonly<Record<Side, AxisOptions>>
  readonly legend: 'bottom' | 'right' | 'hidden'
  readonly sparkline: boolean
  readonly fullPrecision: boolean
  /** Whether bars and slices are labelled with their values. */
  readonly valueLabels: boolean
}

export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** The unit of some series: one that they share, or that they have several. */
export const unitOf = (series: ReadonlyArray<{ readonly unit: string | undefined }>): string | undefined => {
  const units = new Set(series.flatMap(({ unit }) => unit ?? []))
  const [unit] = units
  if (unit === undefined) return undefined
  if (units.size > 1) return 'Various units'
  return unit === 'None' ? 'No unit' : unit
}

const SHORT: Readonly<Record<string, string>> = {
  Milliseconds: 'ms',
  Microseconds: 'µs',
  Seconds: 's',
  Percent: '%',
  Bytes: 'B',
  None: '',
}

/** The unit behind a single value: short where it has a sign of its own. */
export const shortUnit = (unit: string | undefined): string =>
  unit === undefined ? '' : (SHORT[unit] ?? unit)
