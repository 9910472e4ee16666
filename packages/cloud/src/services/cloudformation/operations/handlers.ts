import type * as Sdk from '@aws-sdk/client-cloudformation'
import type { RequestContext } from '../../../kernel/context.ts'

type Awaitable<T> = T | Promise<T>

type OutputOf<Command> = Command extends {
  resolveMiddleware: (...args: never[]) => (...args: never[]) => Promise<{ output: infer Output }>
}
  ? Omit<Output, '$metadata'>
  : never

/**
 * CloudFormation's handlers. The wire's `Operations` takes a command's last constructor, which has no input to infer
 * where every member of the input is optional, as it is of a third of these operations: this takes the first.
 */
export type Handlers = {
  [K in keyof typeof Sdk as K extends `${infer Name}Command` ? Name : never]?: (typeof Sdk)[K] extends {
    new (input: infer Input): infer Command
    new (...rest: infer _): unknown
  }
    ? (input: Input, context: RequestContext) => Awaitable<OutputOf<Command>>
    : never
}

/** One operation's handler. */
export type Handler<Name extends keyof Handlers> = NonNullable<Handlers[Name]>
