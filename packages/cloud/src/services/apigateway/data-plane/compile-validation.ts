import type { ApiSnapshot, MethodRecord } from '../records.ts'
import { compileSchema, type SchemaValidator } from '../validation/validate.ts'
import type { CompiledValidation, RequiredParameter } from './compiled.ts'

/** Prepares what a method's request validator checks; `undefined` where it has none or that checks nothing. */
export const compileValidation = (
  method: MethodRecord,
  snapshot: ApiSnapshot,
): CompiledValidation | undefined => {
  const validator = snapshot.requestValidators.find(({ id }) => id === method.requestValidatorId)
  if (!validator) return undefined
  const parameters = validator.validateRequestParameters ? requiredParameters(method) : []
  const bodies = validator.validateRequestBody ? bodyValidators(method, snapshot) : undefined
  return parameters.length > 0 || bodies ? { parameters, bodies } : undefined
}

/** In the order in which AWS lists what is missing: headers, path, query string. */
const requiredParameters = ({ requestParameters }: MethodRecord): RequiredParameter[] =>
  Object.entries(requestParameters ?? {})
    .filter(([, required]) => required)
    .map(([parameter]) => parameter)
    .sort()
    .flatMap(parameter => {
      const [, , location, ...name] = parameter.split('.')
      return location === 'header' || location === 'path' || location === 'querystring'
        ? [{ location, name: name.join('.') }]
        : []
    })

const bodyValidators = (
  { requestModels }: MethodRecord,
  snapshot: ApiSnapshot,
): ReadonlyMap<string, SchemaValidator> | undefined => {
  const schemaOf = (name: string): unknown => {
    const model = snapshot.models.find(each => each.name === name)
    return model ? JSON.parse(model.schema) : undefined
  }
  const validators = Object.entries(requestModels ?? {}).flatMap(([contentType, name]) => {
    const schema = schemaOf(name)
    return schema === undefined ? [] : [[contentType.toLowerCase(), compileSchema(schema, schemaOf)] as const]
  })
  return validators.length > 0 ? new Map(validators) : undefined
}
