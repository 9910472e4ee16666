import { notImplemented } from '@sonde/wire'
import { ExpressionError } from '../errors.ts'
import { dimensionOf, type Series } from '../series.ts'
import { formatDuration, formatNumber, formatTime, NOTHING } from './format.ts'
import { SERIES_FACTS, type SeriesFact } from './series-facts.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph-dynamic-labels.html */
const MAX_VALUES = 5

/** What a label is filled in with. */
export interface LabelContext {
  readonly account: string
  readonly region: string
  /** In ms since the epoch. */
  readonly now: number
  /** `+HHMM` or `-HHMM`. */
  readonly timezone: string
}

type Part = (series: Series, defaultLabel: string, context: LabelContext) => string

/** Fills a label in; `defaultLabel` is what `${LABEL}` stands for. */
export type DynamicLabel = Part

const PLACEHOLDER = /\$\{([^}]*)\}/g
const PROPERTY = /^PROP\(\s*(['"])(.*)\1\s*\)$/

const PROPERTIES: Readonly<Record<string, Part>> = {
  AccountId: (_series, _label, { account }) => account,
  MetricName: ({ source }) => source?.name ?? NOTHING,
  Namespace: ({ source }) => source?.namespace ?? NOTHING,
  Period: ({ period }) => String(period),
  Region: (_series, _label, { region }) => region,
  Stat: ({ source }) => source?.stat ?? NOTHING,
}

const printFact = ({ kind, read }: SeriesFact, series: Series, { now, timezone }: LabelContext): string => {
  const value = read(series, now)
  if (value === undefined) return NOTHING
  if (kind === 'number') return formatNumber(value)
  return kind === 'time' ? formatTime(value, timezone) : formatDuration(value)
}

const propertyPart = (property: string): Part | undefined => {
  if (property === 'AccountLabel') throw notImplemented("The dynamic label ${PROP('AccountLabel')}")
  if (property.startsWith('Dim.')) {
    const name = property.slice('Dim.'.length)
    return ({ source }) => (source && dimensionOf(source, name)) ?? NOTHING
  }
  return Object.hasOwn(PROPERTIES, property) ? PROPERTIES[property] : undefined
}

const partOf = (placeholder: string): Part => {
  if (placeholder === 'LABEL') return (_series, label) => label
  const property = PROPERTY.exec(placeholder)?.[2]
  const part = property === undefined ? undefined : propertyPart(property)
  if (part) return part
  const fact = Object.hasOwn(SERIES_FACTS, placeholder) ? SERIES_FACTS[placeholder] : undefined
  if (!fact) throw new ExpressionError(`The label has an unknown dynamic value \${${placeholder}}`)
  return (series, _label, context) => printFact(fact, series, context)
}

/**
 * Reads a label that may have dynamic values such as `${MAX}`.
 *
 * @returns `undefined` for a label without any
 * @throws ExpressionError for an unknown value, more than five of them, or `${LABEL}` twice
 * @throws ServiceError 501 for `AccountLabel`, which takes cross-account observability
 */
export const parseDynamicLabel = (label: string): DynamicLabel | undefined => {
  const placeholders = Array.from(label.matchAll(PLACEHOLDER), match => match[1] ?? '')
  if (placeholders.length === 0) return undefined
  if (placeholders.filter(each => each === 'LABEL').length > 1) {
    throw new ExpressionError('The label has ${LABEL} more than once')
  }
  if (placeholders.filter(each => Object.hasOwn(SERIES_FACTS, each)).length > MAX_VALUES) {
    throw new ExpressionError(`The label has more than ${MAX_VALUES} dynamic values`)
  }
  const parts = placeholders.map(partOf)
  const texts = label.split(/\$\{[^}]*\}/)
  return (series, defaultLabel, context) =>
    texts.reduce((text, next, index) => {
      const part = parts[index - 1]
      return `${text}${part ? part(series, defaultLabel, context) : ''}${next}`
    })
}
