import type * as Sdk from '@aws-sdk/client-cloudwatch'
import { notImplemented, withHeaders } from '@sonde/wire'
import type { Clock } from '../../../../kernel/clock.ts'
import { invalidValue, missing } from '../../errors.ts'
import { checkNamespace, readDatum } from '../metric-datum.ts'
import type { MetricStore } from '../metric-store.ts'
import type { CloudWatchOperations } from '../operations.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
const MAX_DATA = 1_000
const MAX_ENTITY_DATA = 2

/**
 * Said to clients that send entities: their metrics are taken, what they belong to is not. The first header is
 * CloudWatch's own for an entity that was not taken, the second one says that it is for us to know them.
 */
const ENTITIES_IGNORED = {
  'x-amzn-failure-message': 'InvalidEntity',
  'x-sonde-ignored': 'EntityMetricData.Entity',
}

interface PathedDatum {
  readonly datum: Sdk.MetricDatum
  readonly path: string
}

const pathed = (data: readonly Sdk.MetricDatum[] | undefined, path: string): PathedDatum[] =>
  (data ?? []).map((datum, index) => ({ datum, path: `${path}.member.${index + 1}` }))

const dataOf = ({ MetricData, EntityMetricData = [] }: Sdk.PutMetricDataCommandInput): PathedDatum[] => {
  if (EntityMetricData.length > MAX_ENTITY_DATA) {
    throw invalidValue(
      `The collection EntityMetricData must not have a size greater than ${MAX_ENTITY_DATA}.`,
    )
  }
  return [
    ...pathed(MetricData, 'MetricData'),
    ...EntityMetricData.flatMap(({ MetricData: data }, index) =>
      pathed(data, `EntityMetricData.member.${index + 1}.MetricData`),
    ),
  ]
}

/** Takes all data of a request or none. Entities are not kept, and the answer says so. */
export const putMetricData =
  (store: MetricStore, clock: Clock): NonNullable<CloudWatchOperations['PutMetricData']> =>
  (input, { scope }) => {
    const hasEntities = (input.EntityMetricData?.length ?? 0) > 0
    if (input.StrictEntityValidation && hasEntities) {
      throw notImplemented('cloudwatch:PutMetricData with StrictEntityValidation')
    }
    const namespace = checkNamespace(input.Namespace)
    const data = dataOf(input)
    if (data.length === 0) throw missing('MetricData')
    if (data.length > MAX_DATA) {
      throw invalidValue(`The collection MetricData must not have a size greater than ${MAX_DATA}.`)
    }
    if (hasEntities && input.StrictEntityValidation === undefined) throw missing('StrictEntityValidation')
    const now = clock.now()
    // All are checked before one is taken.
    store.put(
      scope,
      namespace,
      data.map(({ datum, path }) => readDatum(datum, path, now)),
    )
    return hasEntities ? withHeaders({}, ENTITIES_IGNORED) : {}
  }
