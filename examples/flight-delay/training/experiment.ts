/** The whole training: choose on the last months of the training part, fit on all of it, judge on the hold-out. */
import { createHash } from 'node:crypto'
import { FEATURE_NAMES } from '../features/features.ts'
import { type BoostingOptions, boost } from './boosting.ts'
import type { Dataset } from './dataset.ts'
import { evaluationExamples, trainingExamples } from './examples.ts'
import { countReferences, type References } from './histories.ts'
import { fitLogistic } from './logistic.ts'
import { logLossOf, type Outcomes, type Scores, scoresOf } from './metrics.ts'
import { writeOnnx } from './onnx-writer.ts'
import { chooseThreshold, scoreThreshold, type ThresholdScores } from './threshold.ts'
import { evaluateTree, type Forest, predictForest, sigmoid } from './tree.ts'

export interface ExperimentOptions {
  /** The first month that nothing may be learned from, such as 200106. */
  readonly holdOutFrom: number
  /** How many of the last training months choices are made on. Each is predicted from those before it. */
  readonly validationMonths: number
  /** Numbers of trees to choose from, ascending. */
  readonly roundsToTry: readonly number[]
  readonly boosting: Omit<BoostingOptions, 'rounds'>
}

/** How a number of trees did in the validation months. */
export interface RoundsTrial {
  readonly rounds: number
  /** With the departure times in the data, which are actual ones. */
  readonly logLoss: number
  /** With estimated scheduled departures. */
  readonly logLossBySchedule: number
}

export interface Experiment {
  readonly trainingMonths: readonly number[]
  readonly holdOutMonths: readonly number[]
  readonly trials: readonly RoundsTrial[]
  readonly rounds: number
  readonly forest: Forest
  /** Counted over the training months. */
  readonly references: References
  readonly modelVersion: string
  /** The ONNX file. */
  readonly model: Uint8Array
  /** Chosen on the validation months. */
  readonly threshold: ThresholdScores
  readonly holdOut: {
    readonly baseRate: Scores
    readonly logistic: Scores
    readonly trees: Scores
    readonly treesBySchedule: Scores
    readonly verdict: ThresholdScores
  }
}

const WIDTH = FEATURE_NAMES.length
const LOGISTIC = {
  categories: [
    [FEATURE_NAMES.indexOf('hour'), 24],
    [FEATURE_NAMES.indexOf('day_of_week'), 7],
  ],
  lambda: 1,
} as const

const concat = (parts: readonly Float64Array[]): Float64Array =>
  Float64Array.from(parts.flatMap(part => Array.from(part)))

const concatOutcomes = (parts: readonly Outcomes[]): Outcomes => ({
  flights: concat(parts.map(({ flights }) => flights)),
  late: concat(parts.map(({ late }) => late)),
})

interface Validation {
  /** By position in `roundsToTry`. */
  readonly probabilities: readonly Float64Array[]
  readonly outcomes: Outcomes
}

/** The probabilities after each number of trees, without training anew for each. */
const validate = (
  dataset: Dataset,
  months: readonly number[],
  month: number,
  { boosting, roundsToTry }: ExperimentOptions,
): { readonly recorded: Validation; readonly scheduled: Validation } => {
  const references = countReferences(dataset, new Set(months))
  const sides = [dataset.groups, dataset.groupsBySchedule].map(groups => {
    const outcomes = evaluationExamples(dataset, groups, [month], references)
    return { outcomes, logOdds: new Float64Array(outcomes.length), probabilities: [] as Float64Array[] }
  })
  const rounds = Math.max(...roundsToTry)
  const { base } = boost(trainingExamples(dataset, months), WIDTH, { ...boosting, rounds }, (tree, round) => {
    for (const { outcomes, logOdds, probabilities } of sides) {
      for (let row = 0; row < outcomes.length; row++) {
        logOdds[row] = (logOdds[row] as number) + evaluateTree(tree, outcomes.features, row * WIDTH)
      }
      if (roundsToTry.includes(round)) probabilities.push(logOdds.slice())
    }
  })
  const [recorded, scheduled] = sides.map(({ outcomes, probabilities }) => ({
    outcomes,
    probabilities: probabilities.map(logOdds => logOdds.map(value => sigmoid(base + value))),
  }))
  if (!recorded || !scheduled) throw new Error('There is nothing to validate on.')
  return { recorded, scheduled }
}

const pool = (validations: readonly Validation[], trial: number) => ({
  probabilities: concat(validations.map(({ probabilities }) => probabilities[trial] ?? new Float64Array())),
  outcomes: concatOutcomes(validations.map(({ outcomes }) => outcomes)),
})

/** The metadata that model and function work by, and the hash of all that a prediction depends on. */
const describe = (forest: Forest, threshold: number, lastMonth: number) => {
  const known = { threshold: String(threshold), feature_names: JSON.stringify(FEATURE_NAMES) }
  const hash = createHash('sha256')
    .update(writeOnnx(forest, WIDTH, known))
    .digest('hex')
    .slice(0, 8)
  const modelVersion = `${Math.floor(lastMonth / 100)}-${String(lastMonth % 100).padStart(2, '0')}-${hash}`
  return { modelVersion, model: writeOnnx(forest, WIDTH, { model_version: modelVersion, ...known }) }
}

/** @throws where there are too few months to learn from, or none to hold out */
export const runExperiment = (
  dataset: Dataset,
  options: ExperimentOptions,
  progress: (message: string) => void,
): Experiment => {
  const months = [...dataset.days.keys()].sort((a, b) => a - b)
  const trainingMonths = months.filter(month => month < options.holdOutFrom)
  const holdOutMonths = months.filter(month => month >= options.holdOutFrom)
  const first = trainingMonths.length - options.validationMonths
  const lastMonth = trainingMonths.at(-1)
  if (first < 2 || lastMonth === undefined || holdOutMonths.length === 0) {
    throw new Error('There are too few months: two to learn from, those to choose on, one to hold out.')
  }

  const validations = trainingMonths.slice(first).map((month, i) => {
    progress(`validating on ${month}`)
    return validate(dataset, trainingMonths.slice(0, first + i), month, options)
  })
  const recorded = validations.map(validation => validation.recorded)
  const scheduled = validations.map(validation => validation.scheduled)
  const trials = options.roundsToTry.map((rounds, trial): RoundsTrial => {
    const [actual, schedule] = [pool(recorded, trial), pool(scheduled, trial)]
    return {
      rounds,
      logLoss: logLossOf(actual.probabilities, actual.outcomes),
      logLossBySchedule: logLossOf(schedule.probabilities, schedule.outcomes),
    }
  })
  const best = trials.reduce((a, b) => (b.logLoss < a.logLoss ? b : a))
  const chosen = pool(recorded, trials.indexOf(best))
  const threshold = chooseThreshold(chosen.probabilities, chosen.outcomes)

  progress(`fitting ${best.rounds} trees on ${trainingMonths.join(', ')}`)
  const examples = trainingExamples(dataset, trainingMonths)
  const forest = boost(examples, WIDTH, { ...options.boosting, rounds: best.rounds })
  progress('fitting the logistic regression')
  const logistic = fitLogistic(examples, WIDTH, LOGISTIC)

  progress('judging on the hold-out')
  const references = countReferences(dataset, new Set(trainingMonths))
  const outcomes = evaluationExamples(dataset, dataset.groups, holdOutMonths, references)
  const bySchedule = evaluationExamples(dataset, dataset.groupsBySchedule, holdOutMonths, references)
  const trees = predictForest(forest, outcomes.features, WIDTH)
  return {
    trainingMonths,
    holdOutMonths,
    trials,
    rounds: best.rounds,
    forest,
    references,
    ...describe(forest, threshold.threshold, lastMonth),
    threshold,
    holdOut: {
      baseRate: scoresOf(new Float64Array(outcomes.length).fill(sigmoid(forest.base)), outcomes),
      logistic: scoresOf(logistic.predict(outcomes.features), outcomes),
      trees: scoresOf(trees, outcomes),
      treesBySchedule: scoresOf(predictForest(forest, bySchedule.features, WIDTH), bySchedule),
      verdict: scoreThreshold(trees, outcomes, threshold.threshold),
    },
  }
}
