import type { NormalizedSchema } from '@smithy/core/schema'
import type { LoadedApi } from '../api.ts'
import type { ReadRequest, WireResponse } from '../http.ts'
import type { OperationModel } from '../model.ts'

/** An error as it is written: code, status and members resolved against the service's model. */
export interface WireError {
  readonly code: string
  readonly status: number
  readonly queryCode: string
  readonly message: string
  /** Modelled members besides the message. */
  readonly fields: Readonly<Record<string, unknown>>
  /** The error's shape, where the model has it. */
  readonly schema: NormalizedSchema | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** The call that a response answers. `operation` is missing where it could not be told. */
export interface Call {
  readonly api: LoadedApi
  readonly operation?: OperationModel
  readonly requestId: string
}

/** The server side of one AWS protocol. */
export interface ServerProtocol {
  /**
   * @param labels what the path gave, for services with HTTP bindings
   * @throws any error: the server answers `SerializationException`
   */
  readInput(
    call: Required<Call>,
    request: ReadRequest,
    labels: Readonly<Record<string, string>>,
  ): Record<string, unknown>
  writeOutput(call: Required<Call>, output: Record<string, unknown>): WireResponse
  writeError(call: Call, error: WireError): WireResponse
}

/** An error's members as its shape names them: some services say `Message`. */
export const errorMembers = (error: WireError): Record<string, unknown> => {
  const members: Record<string, unknown> = { ...error.fields }
  let messageMember = 'message'
  if (error.schema) {
    for (const [name] of error.schema.structIterator()) {
      if (name.toLowerCase() === 'message') messageMember = name
    }
  }
  members[messageMember] = error.message
  return members
}

/** `<Code>;Sender`, by which SDKs of formerly awsQuery services tell errors. */
export const queryErrorHeader = (error: WireError): string =>
  `${error.queryCode};${error.status < 500 ? 'Sender' : 'Receiver'}`
