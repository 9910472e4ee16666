import type { ByteReader, ByteWriter } from './bytes.ts'
import { type Cell, Column } from './column.ts'
import { SECOND } from './tiers.ts'
import { ValueBag } from './value-bag.ts'

/** How a cell is written. */
const ONE_SAMPLE = 0
const ONE_VALUE = 1
const UNKNOWN = 2
/** From here on: a bag of level 0, 1, … */
const BAG = 3

/** Weights are counts nearly always: those are written as such, all else behind a 0. */
const writeWeight = (writer: ByteWriter, weight: number): void => {
  if (Number.isSafeInteger(weight) && weight > 0) writer.varint(weight)
  else {
    writer.varint(0)
    writer.float(weight)
  }
}

const readWeight = (reader: ByteReader): number => {
  const weight = reader.varint()
  return weight === 0 ? reader.float() : weight
}

/** 9 bytes for one sample. */
export const writeCell = (writer: ByteWriter, { count, sum, min, max, distribution }: Cell): void => {
  if (distribution === undefined) {
    writer.byte(count === 1 ? ONE_SAMPLE : ONE_VALUE)
    writer.float(min)
    if (count === 1) return
    writeWeight(writer, count)
    writer.float(sum)
    return
  }
  writer.byte(distribution === null ? UNKNOWN : BAG + distribution.level)
  writeWeight(writer, count)
  writer.float(sum)
  writer.float(min)
  writer.float(max)
  if (!distribution) return
  writer.varint(distribution.values.length)
  for (const value of distribution.values) writer.float(value)
  for (const weight of distribution.weights) writeWeight(writer, weight)
}

export const readCell = (reader: ByteReader): Cell => {
  const kind = reader.byte()
  if (kind === ONE_SAMPLE || kind === ONE_VALUE) {
    const value = reader.float()
    const count = kind === ONE_SAMPLE ? 1 : readWeight(reader)
    const sum = kind === ONE_SAMPLE ? value : reader.float()
    return { count, sum, min: value, max: value, distribution: undefined }
  }
  const sums = { count: readWeight(reader), sum: reader.float(), min: reader.float(), max: reader.float() }
  if (kind === UNKNOWN) return { ...sums, distribution: null }
  const bag = new ValueBag()
  bag.level = kind - BAG
  const length = reader.varint()
  for (let index = 0; index < length; index++) bag.values.push(reader.float())
  for (let index = 0; index < length; index++) bag.weights.push(readWeight(reader))
  return { ...sums, distribution: bag }
}

/** Writes the cells of a column that start from `start` to before `end`; nothing where there are none. */
export const writeColumn = (writer: ByteWriter, column: Column, start: number, end: number): boolean => {
  const first = column.firstAt(start)
  const behind = column.firstAt(end)
  if (first === behind) return false
  writer.byte(column.unit)
  writer.varint(column.grain / SECOND)
  writer.varint(behind - first)
  let previous = 0
  for (let index = first; index < behind; index++) {
    const time = column.time(index) / column.grain
    writer.varint(time - previous)
    previous = time
    writeCell(writer, column.cell(index))
  }
  return true
}

export const readColumns = (reader: ByteReader): Column[] => {
  const columns: Column[] = []
  while (!reader.atEnd) {
    const column = new Column(reader.byte(), reader.varint() * SECOND)
    let time = 0
    for (let left = reader.varint(); left > 0; left--) {
      time += reader.varint()
      column.merge(time * column.grain, readCell(reader))
    }
    columns.push(column)
  }
  return columns
}
