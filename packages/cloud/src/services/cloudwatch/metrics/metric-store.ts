import { ServiceError } from '@sonde/wire'
import type { MetricSample } from '../../../kernel/ports.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { type Cell, isOneValue } from './column.ts'
import { Maintenance, type MaintenanceCounters, type MaintenanceLimits } from './maintenance.ts'
import type { Aggregate, MetricReader } from './metric-reader.ts'
import { PendingSamples } from './pending-samples.ts'
import { PeriodBuilder } from './period-builder.ts'
import { apply, type Entry, openInFolder, openInMemory, type Persistence } from './persistence.ts'
import { type Series, SeriesTable, sortedDimensions } from './series-table.ts'
import { MINUTE, oldestOf, SECOND } from './tiers.ts'
import { UNITS, unitIndex } from './units.ts'
import { ValueBag } from './value-bag.ts'

export interface Measurement {
  /** ms since the epoch. */
  readonly timestamp: number
  readonly unit: string
  readonly highResolution: boolean
  /** Weighted values, or a statistic set. */
  readonly data: ReadonlyArray<readonly [value: number, weight: number]> | Aggregate
}

/** One datum that is right. */
export interface Datum {
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly measurement: Measurement
}

export interface MetricLimits extends MaintenanceLimits {
  /** Metrics of all accounts and regions. */
  readonly maxSeries: number
}

/**
 * 4 MB are some 300,000 samples, read back in 50 ms. A gigabyte is a thousand metrics by the minute for two months. A metric costs about
 * a kilobyte of memory.
 */
const LIMITS: MetricLimits = { flushBytes: 4 * 1_024 ** 2, maxBytes: 1_024 ** 3, maxSeries: 100_000 }
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
export const MAX_MAGNITUDE = 2 ** 360
const NO_UNIT = UNITS.indexOf('None')
/** Of blocks, where they are memory. */
const MAX_BYTES_IN_MEMORY = 128 * 1_024 ** 2

export interface MetricCounters extends MaintenanceCounters {
  /** Metrics there are. */
  metrics: number
  /** Bytes of blocks. */
  bytes: number
  /** Samples of services that were not kept: no numbers, no room for their metric, or no room on the disk. */
  lost: number
}

export interface MetricStoreOptions {
  /** Where data are kept; asked for with the first use. In memory where absent. */
  readonly folder?: (() => string) | undefined
  readonly limits?: Partial<MetricLimits>
  /** Receives what failed in the background. */
  readonly onDefect?: (error: unknown) => void
}

/** Metrics as they are put and read. */
export interface MetricStore extends MetricReader {
  /**
   * Keeps data, all or none of them: they survive the process once it has returned.
   *
   * @throws ServiceError `InternalServiceFault` where the disk is full, `LimitExceededException` where there are too many metrics
   */
  put(scope: Scope, namespace: string, data: readonly Datum[]): void
  /** {@link put} of one datum. */
  add(
    scope: Scope,
    namespace: string,
    name: string,
    dimensions: Readonly<Record<string, string>>,
    measurement: Measurement,
  ): void
  /** Takes what services publish about themselves: readable at once, durable within a second. Never throws. */
  record(scope: Scope, samples: readonly MetricSample[]): void
  counters(): MetricCounters
  /** Resolves when no background work is under way. */
  settled(): Promise<void>
  clear(): void
  /** Writes what is not durable yet and closes the files. */
  close(): void
}

const cellOf = (data: Measurement['data']): Cell => {
  if ('count' in data) return { ...data, distribution: isOneValue(data) ? undefined : null }
  const [first] = data
  if (data.length === 1 && first) {
    const [value, count] = first
    return { count, sum: value * count, min: value, max: value, distribution: undefined }
  }
  const bag = new ValueBag()
  const cell = { count: 0, sum: 0, min: 0, max: 0, distribution: bag }
  for (const [value, weight] of data) {
    bag.add(value, weight)
    cell.count += weight
    cell.sum += value * weight
  }
  cell.min = bag.values[0] ?? 0
  cell.max = bag.values.at(-1) ?? 0
  return bag.values.length === 1 ? { ...cell, distribution: undefined } : cell
}

/**
 * Metrics on disk, the recent ones in memory.
 *
 * @param now the clock's time, in ms since the epoch
 */
export const createMetricStore = (now: () => number, options: MetricStoreOptions = {}): MetricStore => {
  const { folder, onDefect = () => {} } = options
  const limits = { ...LIMITS, ...(!folder && { maxBytes: MAX_BYTES_IN_MEMORY }), ...options.limits }
  let opened: { readonly persistence: Persistence; readonly maintenance: Maintenance } | undefined
  let closed = false
  let lost = 0
  /** Made, but not in the file of metrics yet: a disk that is full now may not be so later. */
  let unsaved: Series[] = []

  const open = () => {
    if (opened) return opened
    if (closed) throw new Error('The store of metrics is closed.')
    const table = new SeriesTable()
    const persistence = folder ? openInFolder(folder(), table, now()) : openInMemory(table)
    const maintenance = new Maintenance(persistence, now, limits, () => pending.write(), onDefect)
    opened = { persistence, maintenance }
    if (persistence.blocks.infos.length > 0) maintenance.start()
    return opened
  }

  const append = (entries: readonly Entry[]): void => {
    const { log } = open().persistence
    if (unsaved.length > 0) {
      log.addSeries(unsaved)
      unsaved = []
    }
    log.append(entries)
  }
  const pending = new PendingSamples(append)

  const tableOf = () => open().persistence.table

  const made = (series: Series): void => {
    if (tableOf().size >= limits.maxSeries) {
      throw new ServiceError(
        'LimitExceededException',
        `Sonde keeps ${limits.maxSeries} metrics at most, and has as many.`,
      )
    }
    unsaved.push(series)
  }

  const entryOf = (scope: Scope, namespace: string, { name, dimensions, measurement }: Datum): Entry => ({
    series: tableOf().take(scope, namespace, name, sortedDimensions(dimensions), made),
    unit: unitIndex(measurement.unit) ?? NO_UNIT,
    grain: measurement.highResolution ? SECOND : MINUTE,
    timestamp: measurement.timestamp,
    cell: cellOf(measurement.data),
  })

  const put = (scope: Scope, namespace: string, data: readonly Datum[]): void => {
    const { maintenance } = open()
    const entries = data.map(datum => entryOf(scope, namespace, datum))
    try {
      append(entries)
    } catch (cause) {
      const { message } = cause as Error
      throw new ServiceError('InternalServiceFault', `The metrics cannot be written: ${message}`, {
        status: 500,
        cause,
      })
    }
    for (const entry of entries) apply(entry)
    maintenance.poke()
  }

  const recordOne = (scope: Scope, sample: MetricSample): void => {
    const { namespace, name, dimensions, value, timestamp, count = 1, highResolution = false } = sample
    const unit = unitIndex(sample.unit)
    // Statistics over a value that is none would be none.
    if (unit === undefined || !(Math.abs(value) <= MAX_MAGNITUDE && count > 0 && timestamp >= 0)) {
      lost++
      return
    }
    const series = tableOf().takeShared(scope, namespace, name, dimensions, made)
    const grain = highResolution ? SECOND : MINUTE
    const sum = value * count
    const cell: Cell = { count, sum, min: value, max: value, distribution: undefined }
    apply({ series, unit, grain, timestamp, cell })
    pending.add(series, unit, grain, Math.floor(timestamp / grain) * grain, cell)
  }

  return {
    put,
    add: (scope, namespace, name, dimensions, measurement) =>
      put(scope, namespace, [{ name, dimensions, measurement }]),
    record: (scope, samples) => {
      for (const sample of samples) {
        try {
          recordOne(scope, sample)
        } catch {
          lost++
        }
      }
      opened?.maintenance.poke()
    },
    metrics: scope => open().persistence.table.of(scope),
    periods: (scope, namespace, name, dimensions, { start, end, period, offset = 0 }) => {
      const { table, blocks } = open().persistence
      const series = table.find(scope, namespace, name, dimensions)
      const from = Math.max(start, oldestOf(period, now()))
      if (!series || from >= end) return []
      const builder = new PeriodBuilder({ start: from, end, period, offset })
      for (const columns of blocks.columns(series.id, from, end)) {
        for (const column of columns) builder.add(column)
      }
      for (const column of series.frozen) builder.add(column)
      for (const column of series.head) builder.add(column)
      return builder.finish()
    },
    counters: () => {
      const { persistence, maintenance } = open()
      return {
        ...maintenance.counters,
        metrics: persistence.table.size,
        bytes: persistence.blocks.infos.reduce((sum, { bytes }) => sum + bytes, 0),
        lost: lost + pending.lost,
      }
    },
    settled: async () => {
      await opened?.maintenance.settled()
    },
    clear: () => {
      const { persistence, maintenance } = open()
      pending.clear()
      maintenance.abandon()
      unsaved = []
      persistence.table.clear()
      persistence.log.clear()
      persistence.blocks.clear()
    },
    close: () => {
      if (opened) {
        pending.write()
        opened.maintenance.abandon()
        opened.persistence.log.close()
      }
      opened = undefined
      closed = true
    },
  }
}
