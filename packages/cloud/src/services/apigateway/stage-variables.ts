import { badRequest } from './errors.ts'
import { MAX_STAGE_VARIABLE_NAME, MAX_STAGE_VARIABLE_VALUE, MAX_STAGE_VARIABLES } from './limits.ts'

const VALUE = /^[A-Za-z0-9\-._~:/?#&=,]*$/

/** @throws ServiceError `BadRequestException` for names or values that stage variables must not have */
export const requireStageVariables = (variables: Readonly<Record<string, string>> | undefined): void => {
  const entries = Object.entries(variables ?? {})
  if (entries.length > MAX_STAGE_VARIABLES) {
    throw badRequest(`A stage must not have more than ${MAX_STAGE_VARIABLES} variables`)
  }
  for (const [name, value] of entries) {
    if (!/^[A-Za-z0-9_]+$/.test(name) || name.length > MAX_STAGE_VARIABLE_NAME) {
      throw badRequest(
        `Stage variable name must only contain alphanumeric characters and underscores: ${name}`,
      )
    }
    if (value.length > MAX_STAGE_VARIABLE_VALUE || !VALUE.test(value)) {
      throw badRequest(
        `Stage variable value must match the pattern [A-Za-z0-9-._~:/?#&=,]+ and must not exceed ${MAX_STAGE_VARIABLE_VALUE} characters: ${name}`,
      )
    }
  }
}
