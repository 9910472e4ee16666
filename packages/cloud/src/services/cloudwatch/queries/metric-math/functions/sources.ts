import { ExpressionError } from '../../errors.ts'
import { asNumber, asSeries, asString, type FunctionTable } from '../math-function.ts'

/** Standard deviations, where the band says none. */
export const DEFAULT_BAND_WIDTH = 2

/** Those that bring in time series from outside the expression. */
export const SOURCES: FunctionTable = {
  METRICS: {
    overloads: [{ parameters: [['string']], optional: 1, gives: 'TS[]' }],
    evaluate: ([contained], context) => context.metrics(contained === undefined ? '' : asString(contained)),
  },
  SEARCH: {
    overloads: [{ parameters: [['string'], ['string'], ['S']], optional: 1, gives: 'TS[]' }],
    evaluate: ([text, stat, period], context) =>
      context.search(
        asString(text),
        asString(stat),
        period === undefined ? context.defaultPeriod() : asNumber(period),
      ),
  },
  /** The upper bound, then the lower. */
  ANOMALY_DETECTION_BAND: {
    overloads: [{ parameters: [['reference'], ['S']], optional: 1, gives: 'TS[]' }],
    evaluate: ([series, width], context, call) => {
      const around = call.arguments[0]
      if (around?.kind !== 'reference') throw new TypeError('a reference was checked for')
      const deviations = width === undefined ? DEFAULT_BAND_WIDTH : asNumber(width)
      if (!(deviations > 0)) throw new ExpressionError('The width of a band must be greater than 0')
      const { upper, lower } = context.band(around.id, asSeries(series), deviations)
      return [upper, lower]
    },
  },
}
