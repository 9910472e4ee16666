import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime'
import { BadAnswerError, UnavailableError } from './errors.ts'

/** For everything, retries included. */
const TIMEOUT_MS = 4000

/** What the model says of one trip. */
export interface Prediction {
  readonly probability: number
  /** The model's own: two models behind one endpoint may have two. */
  readonly threshold: number
  readonly modelVersion: string
}

/** SageMaker's code for a container that answered with an error; the container did, so another try is no use. */
const MODEL_ERROR = 'ModelError'

const isProbability = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= 1

const parse = (body: Uint8Array): Prediction => {
  const answer: unknown = JSON.parse(new TextDecoder().decode(body))
  if (typeof answer === 'object' && answer !== null && 'predictions' in answer) {
    const { predictions, threshold, model_version: modelVersion } = answer as Record<string, unknown>
    const probability: unknown = Array.isArray(predictions) ? predictions[0] : undefined
    if (isProbability(probability) && isProbability(threshold) && typeof modelVersion === 'string') {
      return { probability, threshold, modelVersion }
    }
  }
  throw new Error(
    'The answer has another form than {"predictions": [p], "threshold": t, "model_version": "…"}.',
  )
}

/**
 * Asks the endpoint for one row of features.
 *
 * @throws UnavailableError where the endpoint cannot be reached or is too busy
 * @throws BadAnswerError where the model failed, or answered in another form
 */
export const predict = async (
  client: SageMakerRuntimeClient,
  endpoint: string,
  features: readonly number[],
): Promise<Prediction> => {
  const command = new InvokeEndpointCommand({
    EndpointName: endpoint,
    ContentType: 'application/json',
    Accept: 'application/json',
    Body: JSON.stringify({ instances: [features] }),
  })
  const body = await client
    .send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) })
    .then(output => output.Body)
    .catch((cause: unknown) => {
      if (cause instanceof Error && cause.name === MODEL_ERROR) {
        throw new BadAnswerError('The model failed.', { cause })
      }
      throw new UnavailableError('The model cannot be reached.', { cause })
    })
  try {
    return parse(body ?? new Uint8Array())
  } catch (cause) {
    throw new BadAnswerError('The model failed.', { cause })
  }
}
