import type { Clock } from '../../../kernel/clock.ts'
import type { QueryEvaluator } from '../queries/query-evaluator.ts'
import { createWidgetImageOperations, type WidgetImageOperations } from './operations.ts'
import { createRasteriser } from './rasteriser.ts'

/** Pictures of metrics: what CloudWatch sees of the room. It keeps nothing. */
export interface WidgetImages {
  readonly operations: WidgetImageOperations
  stop(): Promise<void>
}

export const createWidgetImages = ({
  queries,
  clock,
}: {
  readonly queries: QueryEvaluator
  readonly clock: Clock
}): WidgetImages => {
  const rasteriser = createRasteriser()
  return {
    operations: createWidgetImageOperations(queries, clock, rasteriser),
    stop: rasteriser.close,
  }
}
