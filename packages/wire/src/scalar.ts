import { FromStringShapeDeserializer, ToStringShapeSerializer } from '@smithy/core/protocols'
import type { NormalizedSchema } from '@smithy/core/schema'
import { ServiceError } from './service-error.ts'

/** Smithy's timestamp format ids in a codec's settings. */
export const DATE_TIME = 5
export const HTTP_DATE = 6
export const EPOCH_SECONDS = 7

type TimestampFormat = typeof DATE_TIME | typeof HTTP_DATE | typeof EPOCH_SECONDS

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$|^NaN$|^-?Infinity$/

const refuse = (text: string, expected: string, cause?: unknown): ServiceError =>
  new ServiceError('SerializationException', `'${text}' is not ${expected}.`, { cause })

/** Reads scalars that travel as text: headers, query parameters, labels, form values. */
export const scalarReader = (format: TimestampFormat, httpBindings: boolean) => {
  const deserializer = new FromStringShapeDeserializer({
    timestampFormat: { useTrait: true, default: format },
    httpBindings,
  })
  return (schema: NormalizedSchema, text: string): unknown => {
    if (schema.isNumericSchema() && !NUMBER.test(text)) throw refuse(text, 'a number')
    if (schema.isBooleanSchema() && !/^(true|false)$/i.test(text)) throw refuse(text, 'a boolean')
    try {
      return deserializer.read(schema, text)
    } catch (error) {
      throw refuse(text, 'valid here', error)
    }
  }
}

/** Writes scalars into headers. */
export const scalarWriter = (format: TimestampFormat) => {
  const serializer = new ToStringShapeSerializer({
    timestampFormat: { useTrait: true, default: format },
    httpBindings: true,
  })
  return (schema: NormalizedSchema, value: unknown): string => {
    serializer.write(schema, value)
    return serializer.flush()
  }
}
