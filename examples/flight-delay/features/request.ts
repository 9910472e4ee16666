import type { LocalTime } from './local-time.ts'

/** A valid request for a prediction. */
export interface PredictionRequest {
  /** IATA code. */
  readonly origin: string
  readonly destination: string
  /** By the clock at the origin. */
  readonly departure: LocalTime
}
