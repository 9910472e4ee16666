import { parseArn } from '../../kernel/arn.ts'
import { badRequest } from './errors.ts'
import { unsupported } from './support.ts'

const INVOCATIONS = /^path\/\d{4}-\d{2}-\d{2}\/functions\/(.+)\/invocations$/

/**
 * The function that an `AWS_PROXY` integration's URI names:
 * `arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function ARN}/invocations`. Stage variables in it
 * (`${stageVariables.name}`) are left as they are.
 *
 * @throws ServiceError `BadRequestException` with AWS's texts, 501 for a Firehose stream
 */
export const functionArnOf = (uri: string | undefined): string => {
  const arn = parseArn(uri ?? '')
  if (arn?.service !== 'apigateway') {
    throw badRequest(
      arn ? 'AWS ARN for integration must contain path or action' : 'Invalid ARN specified in the request',
    )
  }
  // The field of the account names the service: `…:{region}:lambda:path/…`.
  if (!arn.resource.startsWith('path/') && !arn.resource.startsWith('action/')) {
    throw badRequest('AWS ARN for integration must contain path or action')
  }
  const functionArn = arn.account === 'lambda' ? INVOCATIONS.exec(arn.resource)?.[1] : undefined
  if (functionArn !== undefined) return functionArn
  if (arn.account === 'firehose' && arn.resource.startsWith('action/')) {
    throw unsupported('PutIntegration', 'a Firehose stream')
  }
  throw badRequest(
    "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
  )
}

/** A URI with its stage variables filled in; what is not set becomes empty, as in AWS. */
export const fillStageVariables = (
  text: string,
  variables: Readonly<Record<string, string>> | undefined,
): string =>
  text.replace(/\$\{stageVariables\.([A-Za-z0-9_]+)\}/g, (_match, name: string) => variables?.[name] ?? '')
