import type { LogEvent, MetricSample } from '../../../kernel/ports.ts'
import { numberIn } from '../patterns/comparison.ts'
import type { PatternMatch } from '../patterns/filter-pattern.ts'
import { textOf } from '../patterns/json-pattern.ts'
import type { Transformation } from './metric-filter.ts'

const numberOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? numberIn(value.trim()) : undefined
}

/** The dimensions of a match; `undefined` where one of them has no value in it. */
const dimensionsOf = (
  dimensions: Readonly<Record<string, string>>,
  match: PatternMatch,
): Record<string, string> | undefined => {
  const values: Record<string, string> = {}
  for (const [name, selector] of Object.entries(dimensions)) {
    const text = textOf(match.value(selector))
    if (text === undefined || text === '') return undefined
    values[name] = text
  }
  return values
}

/** What a filter publishes for an event that matches: nothing where the event has no number or no dimension to give. */
export const sampleOf = (
  { metricName, metricNamespace, metricValue, dimensions, unit }: Transformation,
  match: PatternMatch,
  { timestamp }: LogEvent,
): MetricSample | undefined => {
  const value = numberIn(metricValue) ?? numberOf(match.value(metricValue))
  const named = dimensions ? dimensionsOf(dimensions, match) : {}
  if (value === undefined || named === undefined) return undefined
  return {
    namespace: metricNamespace,
    name: metricName,
    dimensions: named,
    value,
    unit: unit ?? 'None',
    timestamp,
  }
}
