import { ServiceError } from '@sonde/wire'
import { arn } from '../../../kernel/arn.ts'
import type { FunctionInvoker, InvokeRequest } from '../../../kernel/ports.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { invalidParameter } from '../errors.ts'

/** What Logs needs of Lambda. */
export interface SubscriberFunctions extends FunctionInvoker {
  /**
   * Does nothing where an invocation would be taken.
   *
   * @throws ServiceError `ResourceNotFoundException`, `AccessDeniedException` (resource policy)
   */
  dryRun(request: Pick<InvokeRequest, 'functionArn' | 'caller'>): Promise<void>
}

/** Functions' policies name Logs either way. */
const principalsOf = ({ region }: Scope): readonly string[] => [
  'logs.amazonaws.com',
  `logs.${region}.amazonaws.com`,
]

/** Tries as each principal of Logs, until the function's policy lets one pass. */
const asLogs = async (
  scope: Scope,
  group: string,
  attempt: (caller: { readonly service: string; readonly sourceArn: string }) => Promise<unknown>,
): Promise<void> => {
  const sourceArn = arn(scope, 'logs', `log-group:${group}:*`)
  let denial: unknown
  for (const service of principalsOf(scope)) {
    try {
      await attempt({ service, sourceArn })
      return
    } catch (error) {
      if (!(error instanceof ServiceError && error.code === 'AccessDeniedException')) throw error
      denial = error
    }
  }
  throw denial
}

/**
 * Whether Logs may invoke the function for a group.
 *
 * @throws ServiceError `InvalidParameterException` where it may not, or there is no such function
 */
export const checkSubscriber = async (
  functions: SubscriberFunctions,
  scope: Scope,
  group: string,
  functionArn: string,
): Promise<void> => {
  try {
    await asLogs(scope, group, caller => functions.dryRun({ functionArn, caller }))
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    throw invalidParameter(
      'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
    )
  }
}

/** Hands events to a function, asynchronously. @throws ServiceError of Lambda */
export const invokeSubscriber = (
  functions: SubscriberFunctions,
  scope: Scope,
  group: string,
  functionArn: string,
  payload: Uint8Array,
): Promise<void> =>
  asLogs(scope, group, caller => functions.invoke({ functionArn, payload, invocationType: 'Event', caller }))
