import type { Readable } from 'node:stream'

type Awaitable<T> = T | Promise<T>

/** A blob as the server sees it: bytes, or a stream where the operation streams. */
type ServerInputMember<T> = Readable extends T ? Readable : Uint8Array extends T ? Uint8Array : T

type ServerOutputMember<T> = T extends Uint8Array
  ? Uint8Array
  : T extends { transformToByteArray: unknown }
    ? Readable | Uint8Array
    : T

type ServerInput<T> = {
  [K in keyof T]: undefined extends T[K]
    ? ServerInputMember<NonNullable<T[K]>> | undefined
    : ServerInputMember<T[K]>
}

type ServerOutput<T> = { [K in keyof T]: ServerOutputMember<T[K]> }

/** What the SDK's client class of a command promises to return, less the client-side metadata. */
type CommandOutput<Command> = Command extends {
  resolveMiddleware: (...args: never[]) => (...args: never[]) => Promise<{ output: infer Output }>
}
  ? Omit<Output, '$metadata'>
  : never

// The SDK's command classes have two constructors, and inference looks at the last one alone, which takes `[] | [input]`
// where every member is optional: so both are matched, and the first one tells.
type CommandInput<Sdk, Operation extends string> =
  Sdk extends Record<
    `${Operation}Command`,
    { new (input: infer Input): unknown; new (...rest: infer _): unknown }
  >
    ? Input
    : never

/** The names of a client module's operations: `PutMetricData`, … */
export type OperationName<Sdk> = {
  [K in keyof Sdk]: K extends `${infer Operation}Command` ? Operation : never
}[keyof Sdk]

/** The input of one operation as its handler gets it: the SDK's type, with blobs as bytes or a stream. */
export type InputOf<Sdk, Operation extends string> = ServerInput<CommandInput<Sdk, Operation>>

/** The output of one operation as its handler gives it: the SDK's type less `$metadata`. */
export type OutputOf<Sdk, Operation extends string> =
  Sdk extends Record<
    `${Operation}Command`,
    { new (input: infer _Input): infer Command; new (...rest: infer _Rest): unknown }
  >
    ? ServerOutput<CommandOutput<Command>>
    : never

/** One operation's handler. */
export type Operation<Input, Output, Context> = (input: Input, context: Context) => Awaitable<Output>

/**
 * The handlers of a service: one function per API operation, with the SDK's own input and output types. `Sdk` is the
 * type of a client module.
 *
 * An operation that has no handler answers 501 `NotImplemented`. Required members are present and all members are of
 * the modelled type when a handler is called; ranges, patterns and enumerations are the handler's to check.
 *
 * @example
 * import type * as Sdk from '@aws-sdk/client-sts'
 * const operations: Operations<typeof Sdk, RequestContext> = {
 *   GetCallerIdentity: (_input, context) => ({ Account: context.identity.account, … }),
 * }
 */
export type Operations<Sdk, Context> = {
  [K in keyof Sdk as K extends `${infer Name}Command` ? Name : never]?: Sdk[K] extends {
    new (input: infer Input): infer Command
    new (...rest: infer _Rest): unknown
  }
    ? Operation<ServerInput<Input>, ServerOutput<CommandOutput<Command>>, Context>
    : never
}
