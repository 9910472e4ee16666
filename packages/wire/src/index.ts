export type { InputOf, Operation, OperationName, Operations, OutputOf } from './operations.ts'
export { notImplemented, ServiceError, type ServiceErrorOptions } from './service-error.ts'
