/** The model card, with the numbers of the training that it describes. */
import { FEATURE_NAMES } from '../features/features.ts'
import type { Experiment } from './experiment.ts'
import type { Scores } from './metrics.ts'

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
const count = (value: number): string => value.toLocaleString('en-US')

/** A table with aligned columns, as the project's formatter wants it. */
const table = (header: readonly string[], rows: ReadonlyArray<readonly (string | number)[]>): string => {
  const cells = [header, ...rows].map(row => row.map(String))
  const widths = header.map((_, column) => Math.max(3, ...cells.map(row => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`
  const [first = '', ...rest] = cells.map(row => line(row.map((cell, i) => cell.padEnd(widths[i] ?? 0))))
  return [first, line(widths.map(width => '-'.repeat(width))), ...rest].join('\n')
}

const scoreRow = (name: string, scores: Scores): string[] => [
  name,
  scores.auc.toFixed(4),
  scores.logLoss.toFixed(4),
  scores.brier.toFixed(4),
  percent(scores.meanPrediction),
  scores.calibrationError.toFixed(4),
]

/** @param leaves per tree */
export const writeModelCard = (experiment: Experiment, leaves: number): string => {
  const { holdOut, threshold, trials, forest } = experiment
  const nodes = forest.trees.reduce((sum, tree) => sum + tree.feature.length, 0)
  const { trees, logistic, baseRate, treesBySchedule, verdict } = holdOut
  return `# Model card: will this flight arrive late?

<!-- Written by \`npm run train\`; change training/model-card.ts instead. -->

${table(
  ['', ''],
  [
    ['version', `\`${experiment.modelVersion}\``],
    [
      'predicts',
      'the probability that a US domestic flight arrives more than 15 minutes after its scheduled arrival',
    ],
    [
      'model',
      `${experiment.rounds} gradient-boosted trees of up to ${leaves} leaves (${count(nodes)} nodes), ONNX, ${count(experiment.model.length)} bytes`,
    ],
    ['threshold', threshold.threshold],
    [
      'made for',
      'showing a serving architecture under real data. Not for planning a journey: the data are of 2001',
    ],
  ],
)}

## Data

\`flights-3m.parquet\` of the npm package \`vega-datasets\`: 3,000,000 domestic flights from 1 January to 30 June 2001,
reported by the airlines to the US Bureau of Transportation Statistics, with departure time, arrival delay, distance,
origin and destination. Cancelled flights are not among them. Places are from \`airports.csv\` of the same package. All
rows are used as they are; some delays are surely wrong (the least is −1,116 minutes), but the label only asks whether
a delay is over 15 minutes.

**Split by time.** Months ${experiment.trainingMonths.join(', ')} are for training, June (with six flights at the midnight that ends it)
is the hold-out: ${count(trees.flights)} flights, ${percent(trees.baseRate)} late. The data end before 11 September 2001, so the closing of the US
airspace is neither in the training part nor in the hold-out. Nothing was chosen on the hold-out.

**The departure time is the actual one.** The package's documentation does not say which it is, but the times show it:
they spread over all minutes of the hour, two thirds of the flights "departing" at 2 a.m. were late, and a timetable
hardly has such flights. So the model answers: _a flight leaves at this hour: will it arrive late?_ Two things follow:

- Only the hour is used, not the minute. Together with a route, the minute would tell how far a departure is off the
  timetable, which is the delay itself.
- Even the hour tells some of it: a route's flight at an hour when it has none is a late one. Asked with a _scheduled_
  departure, the model is less certain than the numbers below. The data have no scheduled times; the departure less the
  delay comes near, and with it the model has an AUC of ${treesBySchedule.auc.toFixed(3)} instead of ${trees.auc.toFixed(3)}. Take that as what to
  expect of it before a flight.

## Features

${FEATURE_NAMES.map(name => `\`${name}\``).join(', ')}: from the request and the reference table only, computed by
the same code in training and serving (\`features/\`). \`…_then\` is the late rate in the three-hour part of the day that
the departure falls into. Rates of places and routes are drawn towards those of the network where there are few flights
(\`features/history.ts\`).

- Histories served are counted over the training months alone.
- In training, the histories of a month's flights are counted over the _other_ training months, so that no flight's own
  outcome is in its features.
- Month and season are left out: with half a year of data the model would learn five particular months. Weather, airline,
  aircraft and what happened earlier that day, which decide most delays, are not in the data.

## Results on the hold-out

${table(
  ['', 'AUC', 'log loss', 'Brier', 'mean prediction', 'calibration error'],
  [
    scoreRow('base rate of the training months', baseRate),
    scoreRow('logistic regression, same features', logistic),
    scoreRow('**this model**', trees),
    scoreRow('this model, by estimated scheduled departure', treesBySchedule),
  ],
)}

The observed share of late flights is ${percent(trees.baseRate)}; June was a worse month than those before it, which no feature could
tell. Most of what can be known from these features is in the logistic regression already: the trees add
${(trees.auc - logistic.auc).toFixed(3)} of AUC. Calibration by tenths of the flights:

${table(
  ['flights', 'predicted', 'observed'],
  trees.calibration.map(bin => [count(bin.flights), percent(bin.predicted), percent(bin.observed)]),
)}

## How it was chosen

The number of trees and the threshold were chosen on the last two training months, each predicted by a model of the
months before it.

${table(
  ['trees', 'log loss', 'log loss by estimated scheduled departure'],
  trials.map(trial => [trial.rounds, trial.logLoss.toFixed(4), trial.logLossBySchedule.toFixed(4)]),
)}

The first column decides; ${trials.at(-1)?.rounds} is the most that was tried. The second shows what further trees learn: more and more the
timetable.

**Threshold ${threshold.threshold}**: the verdict is "late" from this probability on. It is the hundredth with the highest F1 in those two
months (precision ${percent(threshold.precision)}, recall ${percent(threshold.recall)}). On the hold-out: precision ${percent(verdict.precision)}, recall ${percent(verdict.recall)}. F1
weighs a false alarm and a missed delay alike; who pays differently for them should use the probability.

## Limits

- By day, probabilities over 50 % are rare: with these features a delay is seldom the likelier outcome. At night they are
  common, because few flights are scheduled then and those that leave are late ones.
- Airports without a flight in the data are refused by the service, not guessed.
- Any date is accepted, but only its day of the week is used. Schedules, airlines and airports have changed since 2001.

## Reproduce

\`npm run train\` writes this card, \`model.onnx\` and \`data/reference.jsonl.gz\`, byte for byte the same each time (fixed
seed, pinned Node.js and DuckDB; about a minute and a half on two cores).
`
}
