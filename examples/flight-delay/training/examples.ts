/** Feature matrices for training and evaluation. */
import { FEATURE_NAMES, featureVector } from '../features/features.ts'
import type { Dataset, FlightGroups } from './dataset.ts'
import { countReferences, type References, tripReference } from './histories.ts'

/** Weighted rows: each stands for `flights` flights of which `late` were late. */
export interface Examples {
  readonly length: number
  /** Row after row, each in the order of FEATURE_NAMES. */
  readonly features: Float32Array
  readonly flights: Float64Array
  readonly late: Float64Array
}

const rowsOf = (groups: FlightGroups, month: number): number[] => {
  const rows: number[] = []
  for (let i = 0; i < groups.length; i++) if (groups.month[i] === month) rows.push(i)
  return rows
}

/** Rows of the given months, with the histories that `referencesFor` gives for each. */
const build = (
  dataset: Dataset,
  groups: FlightGroups,
  months: readonly number[],
  referencesFor: (month: number) => References,
): Examples => {
  const parts = months.map(month => ({ references: referencesFor(month), rows: rowsOf(groups, month) }))
  const length = parts.reduce((sum, part) => sum + part.rows.length, 0)
  const features = new Float32Array(length * FEATURE_NAMES.length)
  const flights = new Float64Array(length)
  const late = new Float64Array(length)
  let at = 0
  for (const { references, rows } of parts) {
    const trips = dataset.routes.map((_, id) => tripReference(dataset, references, id))
    for (const row of rows) {
      const trip = trips[groups.route[row] ?? -1]
      if (!trip) throw new Error(`Group ${row} has no route.`)
      const departure = { hour: groups.hour[row] ?? 0, dayOfWeek: groups.dayOfWeek[row] ?? 0 }
      features.set(featureVector(departure, trip), at * FEATURE_NAMES.length)
      flights[at] = groups.flights[row] ?? 0
      late[at] = groups.late[row] ?? 0
      at++
    }
  }
  return { length, features, flights, late }
}

/**
 * Rows to learn from. The histories of a month's rows come from the *other* months: a row's own outcome in its own
 * features would teach the model to trust histories more than it may once it meets a month nobody has seen.
 */
export const trainingExamples = (dataset: Dataset, months: readonly number[]): Examples =>
  build(dataset, dataset.groups, months, month =>
    countReferences(dataset, new Set(months.filter(other => other !== month))),
  )

/** Rows to be judged on, with the histories that would have been served. */
export const evaluationExamples = (
  dataset: Dataset,
  groups: FlightGroups,
  months: readonly number[],
  references: References,
): Examples => build(dataset, groups, months, () => references)
