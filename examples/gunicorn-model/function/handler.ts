/** `POST /predictions`, as flight-delay answers it, traced: each step is a capture, and so is each call. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime'
import { InvalidRequestError } from '@sonde/example-flight-delay/function/errors.ts'
import { logError } from '@sonde/example-flight-delay/function/log.ts'
import { postprocess } from '@sonde/example-flight-delay/function/postprocess.ts'
import { predict } from '@sonde/example-flight-delay/function/predict.ts'
import { preprocess } from '@sonde/example-flight-delay/function/preprocess.ts'
import { failure, success } from '@sonde/example-flight-delay/function/respond.ts'
import { capture, instrument, wrapHandler } from '@sonde/trace'
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda'

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
