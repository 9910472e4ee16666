import type { MetricDatum } from '@aws-sdk/client-cloudwatch'
import { bothGiven, constraint, invalidValue, missing } from '../errors.ts'
import type { Aggregate } from './metric-reader.ts'
import { type Datum, MAX_MAGNITUDE, type Measurement } from './metric-store.ts'
import { UNITS, unitIndex } from './units.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
export const MAX_NAME = 255
const MAX_DIMENSIONS = 30
const MAX_DIMENSION_VALUE = 1_024
const MAX_VALUES = 150
const MAX_AGE = 14 * 86_400_000
const MAX_FUTURE = 2 * 3_600_000

interface DimensionInput {
  readonly Name?: string | undefined
  readonly Value?: string | undefined
}

/** `metricData.1.member.metricName`, as Coral prints it, of `MetricData.member.1.MetricName`. */
const coralPath = (path: string): string =>
  path.replace(/\bmember\.(\d+)/g, '$1.member').replace(/(^|\.)[A-Z]/g, start => start.toLowerCase())

/** @throws ServiceError `ValidationException` */
export const checkLength = (value: string, path: string, most: number): void => {
  if (value.length < 1) throw constraint(value, coralPath(path), 'have length greater than or equal to 1')
  if (value.length > most) {
    throw constraint(value, coralPath(path), `have length less than or equal to ${most}`)
  }
}

/** @throws ServiceError `MissingRequiredParameterException`, `InvalidParameterValueException`, `ValidationException` */
export const checkNamespace = (namespace: string | undefined): string => {
  if (namespace === undefined || namespace === '') throw missing('Namespace')
  checkLength(namespace, 'namespace', MAX_NAME)
  if (namespace.startsWith(':'))
    throw constraint(namespace, 'namespace', 'satisfy regular expression pattern: [^:].*')
  return namespace
}

/** Printable ASCII that is not all blank. */
const isDimensionText = (text: string): boolean => /^[\x20-\x7e]*$/.test(text) && text.trim() !== ''

/** @param path of the list, such as `MetricData.member.1.Dimensions` */
export const readDimensions = (
  dimensions: readonly DimensionInput[] | undefined,
  path: string,
): Readonly<Record<string, string>> => {
  if (dimensions && dimensions.length > MAX_DIMENSIONS) {
    throw invalidValue(`The collection ${path} must not have a size greater than ${MAX_DIMENSIONS}.`)
  }
  const read: Record<string, string> = {}
  for (const [index, { Name, Value }] of (dimensions ?? []).entries()) {
    const member = `${path}.member.${index + 1}`
    if (Name === undefined) throw missing(`${member}.Name`)
    if (Value === undefined) throw missing(`${member}.Value`)
    checkLength(Name, `${member}.Name`, MAX_NAME)
    checkLength(Value, `${member}.Value`, MAX_DIMENSION_VALUE)
    if (!isDimensionText(Name) || Name.startsWith(':'))
      throw invalidValue(`The value ${Name} for parameter ${member}.Name is invalid.`)
    if (!isDimensionText(Value))
      throw invalidValue(`The value ${Value} for parameter ${member}.Value is invalid.`)
    if (Object.hasOwn(read, Name)) {
      throw invalidValue(
        `The parameter ${path} must not contain more than one dimension with the name ${Name}.`,
      )
    }
    Object.defineProperty(read, Name, { value: Value, enumerable: true })
  }
  return read
}

const checkNumber = (value: number | undefined, path: string): number => {
  if (value === undefined) throw missing(path)
  if (!Number.isFinite(value) || Math.abs(value) > MAX_MAGNITUDE) {
    throw invalidValue(`The value ${value} for parameter ${path} is invalid.`)
  }
  return value
}

const readStatisticSet = (datum: MetricDatum, path: string): Aggregate => {
  const { SampleCount, Sum, Minimum, Maximum } = datum.StatisticValues ?? {}
  const at = `${path}.StatisticValues`
  const set = {
    count: checkNumber(SampleCount, `${at}.SampleCount`),
    sum: checkNumber(Sum, `${at}.Sum`),
    min: checkNumber(Minimum, `${at}.Minimum`),
    max: checkNumber(Maximum, `${at}.Maximum`),
  }
  if (set.count <= 0) throw invalidValue(`The value ${set.count} for parameter ${at}.SampleCount is invalid.`)
  if (set.min > set.max) {
    throw invalidValue(`The parameter ${at}.Maximum must be greater than or equal to ${at}.Minimum.`)
  }
  return set
}

const readValues = (datum: MetricDatum, path: string): ReadonlyArray<readonly [number, number]> => {
  const { Values = [], Counts } = datum
  if (Values.length > MAX_VALUES) {
    throw invalidValue(`The collection ${path}.Values must not have a size greater than ${MAX_VALUES}.`)
  }
  if (Counts && Counts.length !== Values.length) {
    throw invalidValue(`The parameters ${path}.Values and ${path}.Counts must be of the same size.`)
  }
  return Values.map((value, index) => {
    const count = checkNumber(Counts?.[index] ?? 1, `${path}.Counts.member.${index + 1}`)
    if (count <= 0)
      throw invalidValue(`The value ${count} for parameter ${path}.Counts.member.${index + 1} is invalid.`)
    return [checkNumber(value, `${path}.Values.member.${index + 1}`), count] as const
  })
}

const readData = (datum: MetricDatum, path: string): Measurement['data'] => {
  const given = (['Value', 'Values', 'StatisticValues'] as const).filter(
    member => datum[member] !== undefined && !(member === 'Values' && datum.Values?.length === 0),
  )
  const [first, second] = given
  if (first === undefined) throw missing(`${path}.Value`)
  if (second !== undefined) throw bothGiven(`${path}.${first}`, `${path}.${second}`)
  if (first !== 'Values' && datum.Counts?.length) throw bothGiven(`${path}.${first}`, `${path}.Counts`)
  if (first === 'Value') return [[checkNumber(datum.Value, `${path}.Value`), 1]]
  return first === 'Values' ? readValues(datum, path) : readStatisticSet(datum, path)
}

/** @throws ServiceError `ValidationException` */
export const checkUnit = (unit: string, path: string): void => {
  if (unitIndex(unit) === undefined)
    throw constraint(unit, coralPath(path), `satisfy enum value set: [${UNITS.join(', ')}]`)
}

/**
 * Checks one datum of PutMetricData.
 *
 * @param path such as `MetricData.member.1`
 * @param now in ms since the epoch
 */
export const readDatum = (datum: MetricDatum, path: string, now: number): Datum => {
  const { MetricName: name, Unit: unit = 'None', StorageResolution: resolution = 60, Timestamp } = datum
  if (name === undefined) throw missing(`${path}.MetricName`)
  checkLength(name, `${path}.MetricName`, MAX_NAME)
  checkUnit(unit, `${path}.Unit`)
  if (resolution !== 1 && resolution !== 60) {
    throw invalidValue(
      `The value ${resolution} for parameter ${path}.StorageResolution is invalid. Valid values are 1 and 60.`,
    )
  }
  const timestamp = Timestamp?.getTime() ?? now
  if (timestamp < now - MAX_AGE) {
    throw invalidValue(
      `The parameter ${path}.Timestamp must specify a time no earlier than two weeks in the past.`,
    )
  }
  if (timestamp > now + MAX_FUTURE) {
    throw invalidValue(
      `The parameter ${path}.Timestamp must specify a time no later than two hours in the future.`,
    )
  }
  return {
    name,
    dimensions: readDimensions(datum.Dimensions, `${path}.Dimensions`),
    measurement: { timestamp, unit, highResolution: resolution === 1, data: readData(datum, path) },
  }
}
