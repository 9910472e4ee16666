import type { Model } from './model/model.ts'
import type { Target } from './target.ts'

export type AdaptationSpeed = 'FAST' | 'NORMAL' | 'SLOW'
export type OutlierFiltering = 'MINIMAL' | 'MODERATE' | 'STRICT'

/** How a detector is to be trained; what was not given is absent. */
export interface Configuration {
  /** ms since the epoch; the end is not part of it. */
  readonly excluded: ReadonlyArray<{ readonly start: number; readonly end: number }>
  readonly timeZone?: string
  readonly adaptation?: AdaptationSpeed
  readonly outlierFiltering?: OutlierFiltering
}

/** A detector as it is kept. Plain JSON. */
export interface Detector {
  readonly id: string
  readonly target: Target
  readonly configuration: Configuration
  readonly periodicSpikes?: boolean
  /** The periods that it is trained for, in ms. */
  readonly periods: readonly number[]
}

/** What came of a detector's last training for one period. */
export interface Training {
  readonly detectorId: string
  /** ms since the epoch. */
  readonly trainedAt: number
  /** Absent where the data were too few. */
  readonly model?: Model
}

export type State = 'PENDING_TRAINING' | 'TRAINED_INSUFFICIENT_DATA' | 'TRAINED'

/** @param trainings what came of the trainings that there were; one for each period at most */
export const stateOf = (trainings: readonly Training[]): State => {
  if (trainings.length === 0) return 'PENDING_TRAINING'
  return trainings.some(({ model }) => model) ? 'TRAINED' : 'TRAINED_INSUFFICIENT_DATA'
}
