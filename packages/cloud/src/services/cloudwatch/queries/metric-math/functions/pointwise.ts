import { mapSeries } from '../../series.ts'
import { eachSeries, type FunctionTable } from '../math-function.ts'

const pointwise = (change: (value: number) => number) => eachSeries(series => mapSeries(series, change))

/** Of each data point. Points whose logarithm is not a number are dropped. */
export const POINTWISE: FunctionTable = {
  ABS: pointwise(Math.abs),
  CEIL: pointwise(Math.ceil),
  FLOOR: pointwise(Math.floor),
  LOG: pointwise(Math.log),
  LOG10: pointwise(Math.log10),
}
