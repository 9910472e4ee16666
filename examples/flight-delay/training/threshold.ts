import type { Outcomes } from './metrics.ts'

export interface ThresholdScores {
  readonly threshold: number
  /** Share of "late" verdicts that were right. */
  readonly precision: number
  /** Share of late flights that got the verdict. */
  readonly recall: number
  readonly f1: number
}

/** What the verdict "late at `threshold` and above" is worth. */
export const scoreThreshold = (
  probabilities: Float64Array,
  { flights, late }: Outcomes,
  threshold: number,
): ThresholdScores => {
  let hits = 0
  let verdicts = 0
  let positives = 0
  for (let row = 0; row < probabilities.length; row++) {
    const positive = late[row] as number
    positives += positive
    if ((probabilities[row] as number) < threshold) continue
    hits += positive
    verdicts += flights[row] as number
  }
  return {
    threshold,
    precision: verdicts > 0 ? hits / verdicts : 0,
    recall: positives > 0 ? hits / positives : 0,
    f1: (2 * hits) / (verdicts + positives),
  }
}

/** The hundredth of highest F1: the verdict balances false alarms against late flights that were missed. */
export const chooseThreshold = (probabilities: Float64Array, outcomes: Outcomes): ThresholdScores =>
  Array.from({ length: 98 }, (_, i) => scoreThreshold(probabilities, outcomes, (i + 1) / 100)).reduce(
    (best, scores) => (scores.f1 > best.f1 ? scores : best),
  )
