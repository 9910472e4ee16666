import { dimensionOf, type MetricSource } from '../series.ts'

const differ = <T>(values: readonly T[]): boolean => values.some(value => value !== values[0])

/** The values of those dimensions that the metrics do not all have alike, by the dimensions' names. */
const distinguishingValues = (sources: readonly MetricSource[]): readonly string[] => {
  const names = new Set(sources.flatMap(({ dimensions }) => Object.keys(dimensions)))
  const telling = [...names].sort().filter(name => differ(sources.map(source => dimensionOf(source, name))))
  return sources.map(source => telling.flatMap(name => dimensionOf(source, name) ?? []).join(' '))
}

const joined = (...parts: readonly string[]): string => parts.filter(part => part !== '').join(' ')

/**
 * The labels of metric queries that have none of their own: the metric's name, with the statistic where the queries
 * differ in it, and the period likewise. Labels that are still the same get the values of the dimensions that differ.
 */
export const metricLabels = (sources: readonly MetricSource[]): readonly string[] => {
  const stats = differ(sources.map(({ stat }) => stat))
  const periods = differ(sources.map(({ period }) => period))
  const labels = sources.map(({ name, stat, period }) =>
    joined(name, stats ? stat : '', periods ? String(period) : ''),
  )
  const alike = Map.groupBy(sources.keys(), index => labels[index])
  const distinct = [...labels]
  for (const indices of alike.values()) {
    if (indices.length < 2) continue
    const values = distinguishingValues(indices.flatMap(index => sources[index] ?? []))
    for (const [position, index] of indices.entries()) {
      distinct[index] = joined(values[position] ?? '', labels[index] ?? '')
    }
  }
  return distinct
}

/**
 * The labels of the metrics that a search finds: what tells them apart, which is the values of the dimensions in which
 * they differ, with the metric's name where names differ, or the name alone.
 */
export const searchLabels = (sources: readonly MetricSource[]): readonly string[] => {
  const values = distinguishingValues(sources)
  const names = differ(sources.map(({ name }) => name))
  return sources.map(({ name }, index) => {
    const value = values[index] ?? ''
    return value === '' ? name : joined(value, names ? name : '')
  })
}
