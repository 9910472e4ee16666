import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { featureVector } from '../features/features.ts'
import { lookUp } from './look-up.ts'
import { validate } from './validate.ts'

/**
 * From the body of a request to what the model takes: validate, look up, compute features.
 *
 * @throws InvalidRequestError, UnavailableError, BadAnswerError
 */
export const preprocess = async (
  client: DynamoDBClient,
  table: string,
  body: string | null,
): Promise<number[]> => {
  const request = validate(body)
  return featureVector(request.departure, await lookUp(client, table, request))
}
