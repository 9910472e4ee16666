/** How good probabilities are, over weighted rows. */

/** Outcomes per row: `late` of `flights` flights were late. */
export interface Outcomes {
  readonly flights: Float64Array
  readonly late: Float64Array
}

export interface CalibrationBin {
  readonly flights: number
  /** Mean predicted probability. */
  readonly predicted: number
  /** Share that was late. */
  readonly observed: number
}

export interface Scores {
  readonly flights: number
  /** Share of flights that were late. */
  readonly baseRate: number
  /** Mean predicted probability. */
  readonly meanPrediction: number
  /** Chance that a late flight has a higher probability than one that was not; ties count half. */
  readonly auc: number
  /** Mean negative log-likelihood, in nats. */
  readonly logLoss: number
  /** Mean squared error of the probability. */
  readonly brier: number
  /** Mean distance between predicted and observed over the calibration bins, weighted by flights. */
  readonly calibrationError: number
  /** Ten bins with about as many flights each, from low to high. */
  readonly calibration: readonly CalibrationBin[]
}

const CALIBRATION_BINS = 10

const orderOf = (probabilities: Float64Array): Uint32Array =>
  Uint32Array.from(probabilities.keys()).sort(
    (a, b) => (probabilities[a] as number) - (probabilities[b] as number) || a - b,
  )

const areaUnderCurve = (probabilities: Float64Array, outcomes: Outcomes, order: Uint32Array): number => {
  let below = 0
  let pairs = 0
  let positives = 0
  for (let i = 0; i < order.length; ) {
    const value = probabilities[order[i] as number]
    let positive = 0
    let negative = 0
    for (; i < order.length && probabilities[order[i] as number] === value; i++) {
      const row = order[i] as number
      positive += outcomes.late[row] as number
      negative += (outcomes.flights[row] as number) - (outcomes.late[row] as number)
    }
    pairs += positive * (below + negative / 2)
    below += negative
    positives += positive
  }
  return pairs / (positives * below)
}

const calibrate = (
  probabilities: Float64Array,
  outcomes: Outcomes,
  order: Uint32Array,
  total: number,
): CalibrationBin[] => {
  const bins = Array.from({ length: CALIBRATION_BINS }, () => ({ flights: 0, predicted: 0, observed: 0 }))
  let seen = 0
  for (const row of order) {
    const flights = outcomes.flights[row] as number
    const bin = bins[Math.min(CALIBRATION_BINS - 1, Math.floor((seen / total) * CALIBRATION_BINS))]
    if (bin) {
      bin.flights += flights
      bin.predicted += flights * (probabilities[row] as number)
      bin.observed += outcomes.late[row] as number
    }
    seen += flights
  }
  return bins
    .filter(bin => bin.flights > 0)
    .map(({ flights, predicted, observed }) => ({
      flights,
      predicted: predicted / flights,
      observed: observed / flights,
    }))
}

/** Mean negative log-likelihood, in nats. */
export const logLossOf = (probabilities: Float64Array, { flights, late }: Outcomes): number => {
  let loss = 0
  let total = 0
  for (let row = 0; row < probabilities.length; row++) {
    const probability = probabilities[row] as number
    const positive = late[row] as number
    const negative = (flights[row] as number) - positive
    if (positive > 0) loss -= positive * Math.log(probability)
    if (negative > 0) loss -= negative * Math.log1p(-probability)
    total += positive + negative
  }
  return loss / total
}

export const scoresOf = (probabilities: Float64Array, outcomes: Outcomes): Scores => {
  const { flights, late } = outcomes
  const order = orderOf(probabilities)
  let total = 0
  let positives = 0
  let predicted = 0
  let squares = 0
  for (let row = 0; row < probabilities.length; row++) {
    const probability = probabilities[row] as number
    const weight = flights[row] as number
    const positive = late[row] as number
    total += weight
    positives += positive
    predicted += weight * probability
    squares += positive * (1 - probability) ** 2 + (weight - positive) * probability ** 2
  }
  const calibration = calibrate(probabilities, outcomes, order, total)
  return {
    flights: total,
    baseRate: positives / total,
    meanPrediction: predicted / total,
    auc: areaUnderCurve(probabilities, outcomes, order),
    logLoss: logLossOf(probabilities, outcomes),
    brier: squares / total,
    calibrationError: calibration.reduce(
      (sum, bin) => sum + (bin.flights / total) * Math.abs(bin.predicted - bin.observed),
      0,
    ),
    calibration,
  }
}
