/** The environment of a Lambda invocation. For tests. */
import { newId, newTraceId } from '../core/ids.ts'
import type { Environment } from './daemon.ts'

/** A sampled invocation with ids of its own. */
export const lambdaInvocation = (
  more = '',
): { environment: Environment; root: string; parent: string; header: string } => {
  const root = newTraceId()
  const parent = newId()
  const header = `Root=${root};Parent=${parent};Sampled=1${more}`
  return {
    root,
    parent,
    header,
    environment: { AWS_LAMBDA_FUNCTION_NAME: 'predict', _X_AMZN_TRACE_ID: header },
  }
}
