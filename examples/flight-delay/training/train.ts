/** `npm run train`: reads the data set and writes the model, its card and the reference data. */
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { readDataset } from './dataset.ts'
import { runExperiment } from './experiment.ts'
import { writeModelCard } from './model-card.ts'
import { writeReferenceFile } from './reference-file.ts'

const BOOSTING = { leaves: 31, lambda: 10, minHessian: 100, learningRate: 0.1, subsample: 0.5, seed: 2001 }

const say = (message: string): void => {
  process.stdout.write(`${performance.now().toFixed(0).padStart(7)} ms  ${message}\n`)
}

const app = dirname(import.meta.dirname)
// The package exports no data files: they are found beside its entry point, build/index.js.
const data = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data')

say('reading 3 million flights')
const dataset = await readDataset({
  flights: join(data, 'flights-3m.parquet'),
  airports: join(data, 'airports.csv'),
})
const experiment = runExperiment(
  dataset,
  {
    holdOutFrom: 200106,
    validationMonths: 2,
    roundsToTry: [50, 100, 150, 200, 250, 300],
    boosting: BOOSTING,
  },
  say,
)
await mkdir(join(app, 'data'), { recursive: true })
await writeFile(join(app, 'model', 'model.onnx'), experiment.model)
await writeFile(join(app, 'model', 'MODEL_CARD.md'), writeModelCard(experiment, BOOSTING.leaves))
await writeFile(join(app, 'data', 'reference.jsonl.gz'), writeReferenceFile(experiment.references))
say(`wrote model ${experiment.modelVersion}, AUC ${experiment.holdOut.trees.auc.toFixed(4)} on the hold-out`)
