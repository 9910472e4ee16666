import { uuid } from '../../kernel/ids.ts'
import type { FunctionInvoker, InvokeRequest, InvokeResult } from '../../kernel/ports.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { InvocationOutcome } from './environment/plan.ts'
import type { Invoker, RunOptions, Target } from './invoker.ts'

/** The scope of callers that name functions by ARN: never used, as the ARN has its own. */
const NOWHERE: Scope = { account: '', region: '' }

/** The port by which other services call functions, and ask whether they may. */
export interface FunctionDoor extends FunctionInvoker {
  /**
   * Does nothing where an invocation would be taken.
   *
   * @throws ServiceError `ResourceNotFoundException`, `AccessDeniedException` (resource policy)
   */
  dryRun(request: Pick<InvokeRequest, 'functionArn' | 'caller'>): Promise<void>
}

/**
 * Opens the {@link FunctionDoor}.
 *
 * @param accept takes an asynchronous invocation
 */
export const createFunctionInvoker = (
  invoker: Invoker,
  accept: (target: Target, options: RunOptions) => void,
): FunctionDoor => ({
  dryRun: async ({ functionArn, caller }) => {
    const target = await invoker.target(NOWHERE, functionArn)
    if (caller) invoker.authorize(target, caller)
  },
  invoke: async request => {
    const found = invoker.target(NOWHERE, request.functionArn)
    const target = found instanceof Promise ? await found : found
    if (request.caller) invoker.authorize(target, request.caller)
    const options: RunOptions = {
      requestId: uuid(),
      payload: request.payload,
      trace: invoker.trace(target, request.traceHeader),
      clientContext: undefined,
      wantsTail: false,
    }
    if (request.invocationType === 'Event') {
      accept(target, options)
      return { status: 202, payload: new Uint8Array(), executedVersion: target.executedVersion }
    }
    return toResult(target, await invoker.run(target, options))
  },
})

export const toResult = (target: Target, outcome: InvocationOutcome): InvokeResult => ({
  status: 200,
  payload: outcome.payload,
  executedVersion: target.executedVersion,
  ...(outcome.errorType === undefined ? {} : { functionError: 'Unhandled' }),
  ...(outcome.logTail === undefined ? {} : { logTail: outcome.logTail }),
})
