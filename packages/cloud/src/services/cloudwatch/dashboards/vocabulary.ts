/**
 * The words of a dashboard's body, as tables.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
import { parseIsoTime } from '../iso-time.ts'
import { readStatistic } from '../metrics/statistics.ts'
import type { Schema } from './schema.ts'

const any: Schema = { kind: 'any' }
const boolean: Schema = { kind: 'boolean' }
const text: Schema = { kind: 'string' }
const number: Schema = { kind: 'number' }
const oneOf = (...values: string[]): Schema => ({ kind: 'string', oneOf: values })
const color: Schema = { kind: 'string', pattern: /^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/ }
const side = oneOf('left', 'right')

const HIGH_RESOLUTION_PERIODS = [1, 5, 10, 20, 30]
/** In seconds. */
const period: Schema = {
  kind: 'integer',
  min: 1,
  isValid: seconds => seconds % 60 === 0 || HIGH_RESOLUTION_PERIODS.includes(seconds),
}
const statistic: Schema = { kind: 'string', isValid: name => readStatistic(name) !== undefined }

/** Before now, or a time in ISO 8601. */
const RELATIVE_TIME = /^-P(?:T\d+[MH]|\d+[DWM])$/
export const isIsoTime = (value: string): boolean => value.includes('T') && parseIsoTime(value) !== undefined
const time: Schema = { kind: 'string', isValid: value => RELATIVE_TIME.test(value) || isIsoTime(value) }
const isoTime: Schema = { kind: 'string', isValid: isIsoTime }

/** The last item of a row of `metrics`. An unknown word makes the row wrong. */
export const METRIC_OPTIONS: Schema = {
  kind: 'object',
  unknown: 'error',
  properties: {
    id: { kind: 'string', pattern: /^[a-z][a-zA-Z0-9_]*$/, longest: 255 },
    expression: { kind: 'string', longest: 2_048 },
    label: text,
    color,
    stat: statistic,
    period,
    visible: boolean,
    yAxis: side,
    region: text,
    accountId: { kind: 'string', pattern: /^\d{12}$/ },
  },
}

const axis: Schema = {
  kind: 'object',
  properties: { min: number, max: number, label: text, showUnits: boolean },
}

export const Y_AXIS: Schema = { kind: 'object', properties: { left: axis, right: axis } }
export const LEGEND: Schema = {
  kind: 'object',
  properties: { position: oneOf('bottom', 'right', 'hidden') },
}
export const TIME_ZONE: Schema = { kind: 'string', pattern: /^[+-]\d{4}$/ }

const horizontalLine: Schema = {
  kind: 'object',
  required: ['value'],
  properties: {
    value: number,
    label: text,
    color,
    fill: oneOf('none', 'above', 'below'),
    visible: boolean,
    yAxis: side,
  },
}
const verticalLine: Schema = {
  kind: 'object',
  required: ['value'],
  properties: {
    value: isoTime,
    label: text,
    color,
    fill: oneOf('none', 'before', 'after'),
    visible: boolean,
  },
}
/** By the annotations' names; each is a line, or a band between two. */
export const ANNOTATION_LINES: Readonly<Record<'horizontal' | 'vertical', Schema>> = {
  horizontal: horizontalLine,
  vertical: verticalLine,
}

/** Lines are looked at one by one: each may be a band. */
const annotations: Schema = {
  kind: 'object',
  properties: {
    alarms: { kind: 'array', items: text, most: 1 },
    horizontal: { kind: 'array', items: any },
    vertical: { kind: 'array', items: any },
  },
}

const metric: Schema = {
  kind: 'object',
  required: ['region'],
  properties: {
    // Rows have a grammar of their own: metric-rows.ts.
    metrics: { kind: 'array', items: any, most: 500 },
    region: text,
    accountId: text,
    title: text,
    view: oneOf('timeSeries', 'singleValue', 'gauge', 'bar', 'pie', 'table'),
    stacked: boolean,
    stat: statistic,
    period,
    start: time,
    end: time,
    legend: LEGEND,
    liveData: boolean,
    yAxis: Y_AXIS,
    annotations,
    sparkline: boolean,
    trend: boolean,
    setPeriodToTimeRange: boolean,
    singleValueFullPrecision: boolean,
    labels: { kind: 'object', properties: { visible: boolean } },
    table: {
      kind: 'object',
      properties: {
        layout: oneOf('horizontal', 'vertical'),
        stickySummary: boolean,
        showTimeSeriesData: boolean,
        summaryColumns: { kind: 'array', items: oneOf('MIN', 'MAX', 'SUM', 'AVG') },
      },
    },
    timezone: TIME_ZONE,
  },
}

const explorer: Schema = {
  kind: 'object',
  required: ['metrics', 'labels'],
  properties: {
    metrics: {
      kind: 'array',
      fewest: 1,
      most: 100,
      items: {
        kind: 'object',
        required: ['metricName', 'resourceType', 'stat'],
        properties: { metricName: text, resourceType: text, stat: statistic },
      },
    },
    labels: {
      kind: 'array',
      items: { kind: 'object', required: ['key'], properties: { key: text, value: text } },
    },
    aggregateBy: {
      kind: 'object',
      required: ['key', 'func'],
      properties: { key: text, func: oneOf('AVG', 'MIN', 'MAX', 'STDDEV', 'SUM') },
    },
    splitBy: text,
    period,
    region: text,
    title: text,
    widgetOptions: {
      kind: 'object',
      properties: {
        legend: LEGEND,
        rowsPerPage: { kind: 'integer', min: 1 },
        stacked: boolean,
        view: oneOf('timeSeries', 'bar', 'pie'),
        widgetsPerRow: { kind: 'integer', min: 1 },
      },
    },
  },
}

/** The properties of a widget by its type. */
export const WIDGET_PROPERTIES: Readonly<Record<string, Schema>> = {
  metric,
  explorer,
  text: {
    kind: 'object',
    required: ['markdown'],
    properties: { markdown: text, background: oneOf('solid', 'transparent') },
  },
  log: {
    kind: 'object',
    required: ['region', 'query'],
    properties: {
      region: text,
      query: text,
      queryLanguage: text,
      title: text,
      view: oneOf('table', 'timeSeries', 'bar', 'pie'),
      stacked: boolean,
      accountId: text,
    },
  },
  alarm: {
    kind: 'object',
    required: ['alarms'],
    properties: {
      alarms: { kind: 'array', items: text, fewest: 1, most: 100 },
      sortBy: oneOf('default', 'stateUpdatedTimestamp', 'timestamp'),
      states: { kind: 'array', items: oneOf('ALARM', 'INSUFFICIENT_DATA', 'OK') },
      title: text,
    },
  },
  custom: {
    kind: 'object',
    required: ['endpoint'],
    properties: {
      endpoint: text,
      params: any,
      title: text,
      updateOn: {
        kind: 'object',
        properties: { refresh: boolean, resize: boolean, timeRange: boolean },
      },
    },
  },
  // Newer than its documentation: kept as it is.
  chart: any,
}

const widget: Schema = {
  kind: 'object',
  required: ['type', 'properties'],
  properties: {
    type: oneOf(...Object.keys(WIDGET_PROPERTIES)),
    x: { kind: 'integer', min: 0, max: 23 },
    y: { kind: 'integer', min: 0 },
    width: { kind: 'integer', min: 1, max: 24 },
    height: { kind: 'integer', min: 1, max: 1_000 },
    // By the type: body.ts.
    properties: any,
  },
}

const variable: Schema = {
  kind: 'object',
  required: ['type', 'inputType', 'id'],
  properties: {
    type: oneOf('property', 'pattern'),
    property: text,
    pattern: text,
    inputType: oneOf('input', 'select', 'radio'),
    id: { kind: 'string', pattern: /^[0-9A-Za-z_-]+$/, longest: 32 },
    label: { kind: 'string', longest: 30 },
    values: {
      kind: 'array',
      fewest: 1,
      most: 500,
      items: {
        kind: 'object',
        required: ['value'],
        properties: { value: { kind: 'string', longest: 255 }, label: { kind: 'string', longest: 255 } },
      },
    },
    search: { kind: 'string', longest: 2_048 },
    populateFrom: text,
    defaultValue: text,
    visible: boolean,
  },
}

export const BODY: Schema = {
  kind: 'object',
  required: ['widgets'],
  properties: {
    widgets: { kind: 'array', items: widget, most: 500 },
    start: time,
    end: isoTime,
    periodOverride: oneOf('auto', 'inherit'),
    variables: { kind: 'array', items: variable, most: 25 },
  },
}
