import { NormalizedSchema } from '@smithy/core/schema'
import type {
  SchemaRef,
  SchemaTraitsObject,
  StaticErrorSchema,
  StaticOperationSchema,
  StaticStructureSchema,
} from '@smithy/types'
import { compilePath, type PathPattern } from './path-pattern.ts'

const OPERATION = 9
const ERROR = -3

/** An operation as its service's schemas describe it. */
export interface OperationModel {
  readonly name: string
  readonly input: NormalizedSchema
  readonly output: NormalizedSchema
  /** Where its HTTP binding puts it; absent for RPC services. */
  readonly http?: { readonly method: string; readonly path: PathPattern; readonly status: number }
  /** Whether the input has a streaming blob as its payload. */
  readonly streamsInput: boolean
  /** Input members that must be present: the first ones of the structure (Smithy's `required` trait). */
  readonly requiredQuery: readonly string[]
  readonly requiredHeaders: readonly string[]
}

/** A service as the client module of the SDK describes it. */
export interface ServiceModel {
  readonly operations: ReadonlyMap<string, OperationModel>
  /** Error shapes by name. */
  readonly errors: ReadonlyMap<string, NormalizedSchema>
}

/** Names of a structure's required members. The static schema lists them first and says how many they are. */
export const requiredMembers = (schema: NormalizedSchema): readonly string[] => {
  const structure: unknown = schema.getSchema()
  if (!Array.isArray(structure)) return []
  const [, , , , names, , count] = structure as StaticStructureSchema
  return typeof count === 'number' ? names.slice(0, count) : []
}

const boundTo = (
  input: NormalizedSchema,
  names: readonly string[],
  trait: (traits: SchemaTraitsObject) => string | undefined,
): string[] =>
  names.flatMap(name => {
    const bound = trait(input.getMemberSchema(name).getMergedTraits())
    return bound === undefined ? [] : [bound]
  })

const operationModel = (schema: StaticOperationSchema): OperationModel => {
  const [, , name, traits, inputRef, outputRef] = schema
  const input = NormalizedSchema.of(inputRef as SchemaRef)
  const http = typeof traits === 'object' ? traits.http : undefined
  const required = requiredMembers(input)
  return {
    name,
    input,
    output: NormalizedSchema.of(outputRef as SchemaRef),
    ...(http && { http: { method: http[0], path: compilePath(http[1]), status: http[2] } }),
    streamsInput:
      input.isStructSchema() &&
      [...input.structIterator()].some(
        ([, member]) => member.isStreaming() && member.getMergedTraits().httpPayload === 1,
      ),
    requiredQuery: boundTo(input, required, traits => traits.httpQuery),
    requiredHeaders: boundTo(input, required, traits => traits.httpHeader?.toLowerCase()),
  }
}

const isStatic = (value: unknown, id: number): boolean => Array.isArray(value) && value[0] === id

/** Reads the schemas that an SDK client module exports: `PutMetricData$`, `ResourceNotFound$`, … */
export const serviceModel = (sdk: Readonly<Record<string, unknown>>): ServiceModel => {
  const operations = new Map<string, OperationModel>()
  const errors = new Map<string, NormalizedSchema>()
  for (const value of Object.values(sdk)) {
    if (isStatic(value, OPERATION)) {
      const model = operationModel(value as StaticOperationSchema)
      operations.set(model.name, model)
    } else if (isStatic(value, ERROR)) {
      const schema = value as StaticErrorSchema
      errors.set(schema[2], NormalizedSchema.of(schema))
    }
  }
  return { operations, errors }
}
