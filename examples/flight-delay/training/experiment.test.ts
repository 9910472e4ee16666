import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Dataset, readDataset } from './dataset.ts'
import { type Experiment, type ExperimentOptions, runExperiment } from './experiment.ts'
import { countReferences } from './histories.ts'
import { writeModelCard } from './model-card.ts'
import { readReferenceFile, writeReferenceFile } from './reference-file.ts'

const data = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data')
const OPTIONS: ExperimentOptions = {
  holdOutFrom: 200106,
  validationMonths: 2,
  roundsToTry: [5, 20],
  boosting: { leaves: 15, lambda: 10, minHessian: 20, learningRate: 0.2, subsample: 0.5, seed: 2001 },
}

let folder: string
let dataset: Dataset
let first: Experiment

/** The real flights between six airports. */
const writeSample = async (path: string): Promise<void> => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const codes = "('ATL', 'DFW', 'ORD', 'LAX', 'DEN', 'BOS')"
  await connection.run(
    `copy (select * from read_parquet('${join(data, 'flights-3m.parquet')}')
     where origin in ${codes} and destination in ${codes}) to '${path}'`,
  )
  connection.closeSync()
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flight-delay-'))
  const flights = join(folder, 'sample.parquet')
  await writeSample(flights)
  dataset = await readDataset({ flights, airports: join(data, 'airports.csv') })
  first = runExperiment(dataset, OPTIONS, () => undefined)
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('training on a sample', () => {
  it('learns more than the base rate, on months that it has not seen', () => {
    expect(first.trainingMonths).toEqual([200101, 200102, 200103, 200104, 200105])
    expect(first.holdOutMonths).toContain(200106)
    expect(first.holdOut.trees.auc).toBeGreaterThan(0.6)
    expect(first.holdOut.trees.logLoss).toBeLessThan(first.holdOut.baseRate.logLoss)
  })

  it('writes the same bytes each time', () => {
    const second = runExperiment(dataset, OPTIONS, () => undefined)
    expect(Buffer.compare(second.model, first.model)).toBe(0)
    expect(Buffer.compare(writeReferenceFile(second.references), writeReferenceFile(first.references))).toBe(
      0,
    )
    expect(writeModelCard(second, 15)).toBe(writeModelCard(first, 15))
  })

  it('does not look at the hold-out', () => {
    const { groups } = dataset
    // June as it would be had every flight been late.
    const late = groups.late.map((count, i) =>
      (groups.month[i] ?? 0) < OPTIONS.holdOutFrom ? count : (groups.flights[i] ?? 0),
    )
    const other = runExperiment({ ...dataset, groups: { ...groups, late } }, OPTIONS, () => undefined)
    expect(other.holdOut.trees.baseRate).toBe(1)
    expect(Buffer.compare(other.model, first.model)).toBe(0)
    expect(other.references).toEqual(first.references)
  })

  it('counts flights of the given months alone', () => {
    const january = countReferences(dataset, new Set([200101]))
    const id = january.airports.findIndex(({ iata }) => iata === 'ATL')
    const { groups, routes } = dataset
    let flights = 0
    for (let i = 0; i < groups.length; i++) {
      if (groups.month[i] === 200101 && routes[groups.route[i] ?? -1]?.origin === id) {
        flights += groups.flights[i] ?? 0
      }
    }
    expect(january.airports[id]?.departures.flightsPerDay).toBeCloseTo(flights / 31, 4)
  })

  it('writes an item per airport and per route that was flown', () => {
    const keys = readReferenceFile(writeReferenceFile(first.references)).map(item => item.pk?.S)
    expect(keys).toContain('airport#ATL')
    expect(keys).toContain('route#ATL#DFW')
    expect(keys).toHaveLength(6 + 30)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('puts the numbers of this training into the card', () => {
    const card = writeModelCard(first, 15)
    expect(card).toContain(first.modelVersion)
    expect(card).toContain(first.holdOut.trees.auc.toFixed(4))
    expect(card).not.toMatch(/undefined|NaN/)
  })

  it('refuses to learn from too few months', () => {
    expect(() => runExperiment(dataset, { ...OPTIONS, holdOutFrom: 200103 }, () => undefined)).toThrow(
      'too few months',
    )
  })
})
