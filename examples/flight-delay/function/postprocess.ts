import type { Prediction } from './predict.ts'

/** The answer of `POST /predictions`. */
export interface PredictionAnswer {
  /** Of arriving more than 15 minutes late; six decimals. */
  readonly probability: number
  /** From here on the verdict is "late". */
  readonly threshold: number
  readonly verdict: 'late' | 'on time'
  readonly model_version: string
}

export const postprocess = ({ probability, threshold, modelVersion }: Prediction): PredictionAnswer => ({
  probability: Math.round(probability * 1e6) / 1e6,
  threshold,
  verdict: probability >= threshold ? 'late' : 'on time',
  model_version: modelVersion,
})
