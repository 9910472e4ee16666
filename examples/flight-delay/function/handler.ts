/** `POST /predictions`: Lambda proxy integration, payload format 1.0. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime'
import { capture, instrument, wrapHandler } from '@sonde/trace'
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda'
import { InvalidRequestError } from './errors.ts'
import { logError } from './log.ts'
import { postprocess } from './postprocess.ts'
import { predict } from './predict.ts'
import { preprocess } from './preprocess.ts'
import { failure, success } from './respond.ts'

// Records the calls of both clients, and sends the trace context to the model in SageMaker's custom attributes.
instrument({ aws: [SageMakerRuntimeClient] })

const environment = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`The environment variable ${name} is not set.`)
  return value
}

const TABLE_NAME = environment('TABLE_NAME')
const ENDPOINT_NAME = environment('ENDPOINT_NAME')

// Outside the handler: connections stay open from one invocation to the next.
const dynamoDb = new DynamoDBClient({ maxAttempts: 3 })
const sageMaker = new SageMakerRuntimeClient({ maxAttempts: 2 })

const bodyOf = ({ body, isBase64Encoded }: APIGatewayProxyEvent): string | null =>
  body !== null && isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body

const answer = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
  try {
    const features = await capture('## preprocess', () => preprocess(dynamoDb, TABLE_NAME, bodyOf(event)))
    const prediction = await capture('## predict', () => predict(sageMaker, ENDPOINT_NAME, features))
    return success(capture('## postprocess', () => postprocess(prediction)))
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) logError(error)
    return failure(error)
  }
}

export const handler = wrapHandler(answer)
