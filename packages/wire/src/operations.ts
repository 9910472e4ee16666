type Awaitable<T> = T | Promise<T>

/** What the SDK's client class of a command promises to return, less the client-side metadata. */
type OutputOf<Command> = Command extends {
  resolveMiddleware: (...args: never[]) => (...args: never[]) => Promise<{ output: infer Output }>
}
  ? Omit<Output, '$metadata'>
  : never

/** `Sdk`'s operations by name: `PutMetricData`, … */
export type OperationName<Sdk> = {
  [K in keyof Sdk]: K extends `${infer Operation}Command` ? Operation : never
}[keyof Sdk]

/** The input of one operation, as the SDK types it. */
export type InputOf<Sdk, Operation extends string> =
  Sdk extends Record<`${Operation}Command`, new (input: infer Input) => unknown> ? Input : never

/**
 * The handlers of a service: one function per API operation, with the SDK's own input and output types. `Sdk` is the
 * type of a client module.
 *
 * An operation that has no handler answers 501 `NotImplemented`. Required members are present and of the modelled
 * type when a handler is called; ranges, patterns and enumerations are the handler's to check.
 *
 * @example
 * import type * as Sdk from '@aws-sdk/client-sts'
 * const operations: Operations<typeof Sdk, RequestContext> = {
 *   GetCallerIdentity: (_input, context) => ({ Account: context.account, … }),
 * }
 */
export type Operations<Sdk, Context> = {
  [K in keyof Sdk as K extends `${infer Operation}Command` ? Operation : never]?: Sdk[K] extends new (
    input: infer Input,
  ) => infer Command
    ? (input: Input, context: Context) => Awaitable<OutputOf<Command>>
    : never
}
