import type { Scope } from '../../../kernel/scope.ts'
import { OperationAbandoned } from './failure.ts'
import { Operation, type OperationDependencies } from './operation.ts'
import type { StackRecord } from './records.ts'

/** Runs the operations of stacks in the background, one at a time of each stack. */
export interface Engine {
  /**
   * Starts an operation. One that runs on the same stack is cancelled and awaited first.
   *
   * @param begin called at once: writes the status that callers see when this returns
   * @param run the operation's work
   */
  start(
    scope: Scope,
    stack: StackRecord,
    token: string | undefined,
    begin: (operation: Operation) => void,
    run: (operation: Operation) => Promise<void>,
  ): void
  /** Resolves when nothing runs. */
  settled(): Promise<void>
  /** Lets running operations write nothing more; what their resource types do meanwhile goes on. */
  abandonAll(): void
}

interface Running {
  readonly operation: Operation
  readonly done: Promise<void>
}

/** What an operation becomes when Sonde itself has failed: never in progress for good. */
const DEFECT_STATUS: ReadonlyArray<readonly [prefix: string, status: StackRecord['status']]> = [
  ['CREATE', 'CREATE_FAILED'],
  ['ROLLBACK', 'ROLLBACK_FAILED'],
  ['DELETE', 'DELETE_FAILED'],
  ['UPDATE_ROLLBACK', 'UPDATE_ROLLBACK_FAILED'],
  ['UPDATE', 'UPDATE_FAILED'],
]

export const createEngine = (
  dependencies: OperationDependencies,
  onDefect: (error: unknown) => void,
): Engine => {
  const running = new Map<string, Running>()

  const fail = (operation: Operation, error: unknown): void => {
    if (error instanceof OperationAbandoned) return
    onDefect(error)
    const status = DEFECT_STATUS.find(([prefix]) => operation.stack.status.startsWith(prefix))?.[1]
    if (status) operation.setStatus(status, `Internal failure: ${(error as Error).message}`)
  }

  return {
    start: (scope, stack, token, begin, run) => {
      const previous = running.get(stack.stackId)
      previous?.operation.cancel()
      const operation = new Operation(dependencies, scope, stack, token)
      begin(operation)
      const work = async (): Promise<void> => {
        await previous?.done
        try {
          await run(operation)
        } catch (error) {
          fail(operation, error)
        } finally {
          if (running.get(stack.stackId)?.operation === operation) running.delete(stack.stackId)
        }
      }
      // The caller is answered before the first resource is made.
      const done = Promise.resolve().then(work)
      running.set(stack.stackId, { operation, done })
    },
    settled: async () => {
      while (running.size > 0) await Promise.all([...running.values()].map(({ done }) => done))
    },
    abandonAll: () => {
      for (const { operation } of running.values()) operation.abandon()
      running.clear()
    },
  }
}
