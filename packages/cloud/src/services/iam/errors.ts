import { ServiceError } from '@sonde/wire'

const error = (code: string, status: number) => (message: string) =>
  new ServiceError(code, message, { status })

/** `The role with name x cannot be found.` */
export const noSuchEntity = error('NoSuchEntityException', 404)
export const entityAlreadyExists = error('EntityAlreadyExistsException', 409)
/** `Cannot delete entity, must detach all policies first.` */
export const deleteConflict = error('DeleteConflictException', 409)
export const malformedPolicyDocument = error('MalformedPolicyDocumentException', 400)
export const limitExceeded = error('LimitExceededException', 409)
export const validationError = error('ValidationError', 400)
export const invalidInput = error('InvalidInputException', 400)
