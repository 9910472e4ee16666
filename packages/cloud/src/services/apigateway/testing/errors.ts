/** API Gateway's errors as the SDK's client throws them. */
export const NOT_FOUND = { name: 'NotFoundException', $metadata: { httpStatusCode: 404 } }
export const BAD_REQUEST = { name: 'BadRequestException', $metadata: { httpStatusCode: 400 } }
export const CONFLICT = { name: 'ConflictException', $metadata: { httpStatusCode: 409 } }
export const NOT_IMPLEMENTED = { name: 'NotImplemented', $metadata: { httpStatusCode: 501 } }
