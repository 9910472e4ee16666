/** For tests of alarms: metrics in the plainest form that can be right. */
import type { Scope } from '../../../kernel/scope.ts'
import type { MetricReader, Period } from '../metrics/metric-reader.ts'

interface Sample {
  readonly time: number
  readonly value: number
  readonly unit: string
  readonly highResolution: boolean
}

export interface FakeMetrics extends MetricReader {
  put(name: string, time: number, value: number, options?: { unit?: string; highResolution?: boolean }): void
}

const MINUTE = 60_000

/** Metrics without dimensions, whatever their scope and namespace. Every read looks through all samples. */
export const createFakeMetrics = (): FakeMetrics => {
  const samples = new Map<string, Sample[]>()
  const periodOf = (time: number, unit: string, values: readonly number[]): Period => ({
    time,
    unit,
    count: values.length,
    sum: values.reduce((sum, value) => sum + value, 0),
    min: Math.min(...values),
    max: Math.max(...values),
    values: new Map(
      [...new Set(values)].map(value => [value, values.filter(other => other === value).length]),
    ),
  })
  return {
    put: (name, time, value, { unit = 'None', highResolution = false } = {}) => {
      samples.set(name, [...(samples.get(name) ?? []), { time, value, unit, highResolution }])
    },
    metrics: () => [],
    periods: (_scope: Scope, _namespace, name, _dimensions, { start, end, period, offset = 0 }) => {
      const grouped = new Map<string, { time: number; unit: string; values: number[] }>()
      for (const { time, value, unit, highResolution } of samples.get(name) ?? []) {
        if (time < start || time >= end || (period < MINUTE && !highResolution)) continue
        const at = Math.floor((time - offset) / period) * period + offset
        const key = `${at} ${unit}`
        const group = grouped.get(key) ?? { time: at, unit, values: [] }
        group.values.push(value)
        grouped.set(key, group)
      }
      return [...grouped.values()]
        .sort((a, b) => a.time - b.time)
        .map(({ time, unit, values }) => periodOf(time, unit, values))
    },
  }
}
