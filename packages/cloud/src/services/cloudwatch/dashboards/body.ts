import { error, type Issue } from './issue.ts'
import { expandMetrics } from './metric-rows.ts'
import { checkSchema, isObject } from './schema.ts'
import { ANNOTATION_LINES, BODY, isIsoTime, WIDGET_PROPERTIES } from './vocabulary.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const MAX_METRICS = 2_500

const lacks = (dataPath: string, name: string): Issue =>
  error(dataPath, `Should have required property '${name}'`)

type Properties = Readonly<Record<string, unknown>>

/** @param path of the annotations */
export const checkAnnotations = (annotations: Properties, path: string): Issue[] =>
  Object.entries(ANNOTATION_LINES).flatMap(([name, schema]) => {
    const lines = annotations[name]
    if (!Array.isArray(lines)) return []
    return lines.flatMap((line: unknown, index) => {
      const at = `${path}/${name}/${index}`
      if (!Array.isArray(line)) return checkSchema(line, schema, at)
      return checkSchema(line, { kind: 'array', items: schema, fewest: 2, most: 2 }, at)
    })
  })

/** A gauge needs to know where it begins and ends. */
export const checkGauge = (properties: Properties, path: string): Issue[] => {
  if (properties.view !== 'gauge') return []
  const { yAxis } = properties
  if (!isObject(yAxis)) return [lacks(path, 'yAxis')]
  const { left } = yAxis
  if (!isObject(left)) return [lacks(`${path}/yAxis`, 'left')]
  return ['min', 'max']
    .filter(name => left[name] === undefined)
    .map(name => lacks(`${path}/yAxis/left`, name))
}

const isInsights = (expression: string): boolean => /^\s*SELECT\b/i.test(expression)

const checkMetricWidget = (properties: Properties, path: string): Issue[] => {
  const { metrics, annotations } = properties
  const issues = checkGauge(properties, path)
  const alarms = isObject(annotations) && Array.isArray(annotations.alarms) ? annotations.alarms : []
  if (isObject(annotations)) {
    issues.push(...checkAnnotations(annotations, `${path}/annotations`))
    const alone = annotations.horizontal === undefined && annotations.vertical === undefined
    if (alarms.length > 0 && !(alone && metrics === undefined)) {
      issues.push(error(path, 'Should match exactly one schema in oneOf'))
    }
  }
  if (!Array.isArray(metrics))
    return metrics === undefined && alarms.length === 0 ? [...issues, lacks(path, 'metrics')] : issues
  const expanded = expandMetrics(metrics, `${path}/metrics`)
  const insights = expanded.rows.filter(row => row.kind === 'expression' && isInsights(row.expression))
  if (insights.length > 1) {
    issues.push(error(`${path}/metrics`, 'Should NOT have more than 1 Metrics Insights query'))
  }
  return [...issues, ...expanded.issues]
}

const checkWidget = (widget: unknown, path: string): Issue[] => {
  if (!isObject(widget)) return []
  const { type, properties, x, y } = widget
  const issues: Issue[] = []
  if (x !== undefined && y === undefined)
    issues.push(error(path, 'Should have property y when property x is present'))
  if (y !== undefined && x === undefined)
    issues.push(error(path, 'Should have property x when property y is present'))
  const schema =
    typeof type === 'string' && Object.hasOwn(WIDGET_PROPERTIES, type) ? WIDGET_PROPERTIES[type] : undefined
  if (!schema || properties === undefined) return issues
  issues.push(...checkSchema(properties, schema, `${path}/properties`))
  if (type === 'metric' && isObject(properties)) {
    issues.push(...checkMetricWidget(properties, `${path}/properties`))
  }
  return issues
}

/** What of a dashboard depends on more than one of its parts. */
const checkWhole = (body: Properties): Issue[] => {
  const { start, end, widgets } = body
  const issues: Issue[] = []
  if (end !== undefined && start === undefined) {
    issues.push(error('', 'Should have property start when property end is present'))
  }
  if (end !== undefined && typeof start === 'string' && !isIsoTime(start)) {
    issues.push(error('/start', 'Should be one of the allowed values'))
  }
  const count = Array.isArray(widgets)
    ? widgets.reduce((sum: number, widget: unknown) => {
        const metrics =
          isObject(widget) && isObject(widget.properties) ? widget.properties.metrics : undefined
        return sum + (Array.isArray(metrics) ? metrics.length : 0)
      }, 0)
    : 0
  if (count > MAX_METRICS) issues.push(error('', `Should NOT have more than ${MAX_METRICS} metrics`))
  return issues
}

const checkVariables = (variables: unknown): Issue[] =>
  !Array.isArray(variables)
    ? []
    : variables.flatMap((variable: unknown, index) => {
        if (!isObject(variable)) return []
        const { type } = variable
        const needed = type === 'property' || type === 'pattern' ? type : undefined
        return needed && variable[needed] === undefined ? [lacks(`/variables/${index}`, needed)] : []
      })

/**
 * Checks the body of a dashboard.
 *
 * @returns what is wrong with it, and what of it will have no effect; empty where all is well
 */
export const checkBody = (body: unknown): Issue[] => {
  const issues = checkSchema(body, BODY, '')
  if (!isObject(body)) return issues
  const { widgets } = body
  if (Array.isArray(widgets)) {
    issues.push(...widgets.flatMap((widget: unknown, index) => checkWidget(widget, `/widgets/${index}`)))
  }
  return [...issues, ...checkVariables(body.variables), ...checkWhole(body)]
}
