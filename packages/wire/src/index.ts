export { withHeaders } from './answer-headers.ts'
export type { ApiDescription, ProtocolName } from './api.ts'
export type { WireRequest, WireResponse } from './http.ts'
export type { InputOf, Operation, OperationName, Operations, OutputOf } from './operations.ts'
export { type CredentialScope, credentialScope } from './route.ts'
export {
  type Caller,
  createWireServer,
  type Handled,
  type Handlers,
  type WireServer,
  type WireServerOptions,
} from './server.ts'
export { DroppedConnection, notImplemented, ServiceError, type ServiceErrorOptions } from './service-error.ts'
