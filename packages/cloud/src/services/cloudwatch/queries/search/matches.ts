import type { Metric } from '../../metrics/metric-reader.ts'
import { parseSearch, type SearchQuery, type SearchTerm } from './parse.ts'
import { matchesPartly, partialTerm } from './tokens.ts'

/** Whether a metric is one that a search looks for. */
export type MetricTest = (metric: Metric) => boolean

type TextTest = (text: string) => boolean

const textTest = (text: string, exact: boolean): TextTest => {
  if (exact) return candidate => candidate === text
  const term = partialTerm(text)
  return candidate => matchesPartly(candidate, term)
}

const ofProperty = (property: string, test: TextTest): MetricTest => {
  if (property === 'MetricName') return ({ name }) => test(name)
  if (property === 'Namespace') return ({ namespace }) => test(namespace)
  return ({ dimensions }) => dimensions.some(([name, value]) => name === property && test(value))
}

const ofAnything =
  (test: TextTest): MetricTest =>
  ({ name, namespace, dimensions }) =>
    test(name) || test(namespace) || dimensions.some(([dimension, value]) => test(dimension) || test(value))

const compileTerm = (term: SearchTerm): MetricTest => {
  if (term.kind === 'not') {
    const inner = compileTerm(term.term)
    return metric => !inner(metric)
  }
  if (term.kind === 'match') {
    const test = textTest(term.text, term.exact)
    return term.property === undefined ? ofAnything(test) : ofProperty(term.property, test)
  }
  const tests = term.terms.map(compileTerm)
  return term.kind === 'and'
    ? metric => tests.every(test => test(metric))
    : metric => tests.some(test => test(metric))
}

const compileSchema = (schema: NonNullable<SearchQuery['schema']>): MetricTest => {
  const names = new Set(schema.dimensions)
  return ({ namespace, dimensions }) =>
    namespace === schema.namespace &&
    dimensions.length === names.size &&
    dimensions.every(([name]) => names.has(name))
}

/**
 * Reads a search into a test of metrics.
 *
 * @throws ExpressionError
 */
export const compileSearch = (text: string): MetricTest => {
  const { schema, term } = parseSearch(text)
  const tests: MetricTest[] = []
  if (schema) tests.push(compileSchema(schema))
  if (term) tests.push(compileTerm(term))
  return metric => tests.every(test => test(metric))
}
