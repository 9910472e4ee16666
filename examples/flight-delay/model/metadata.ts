/**
 * What a model says of itself. `onnxruntime-node` does not give access to `metadata_props`, so they are read from the
 * file: field 14 of ModelProto, entries with key (1) and value (2).
 */
const METADATA_PROPS = 14
const KEY = 1
const VALUE = 2

/** A file that is no model, or one that lacks what the server must know. */
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError' as const
}

export interface ModelMetadata {
  /** Tells one training from another: the last day of training data and a hash of the content. */
  readonly modelVersion: string
  /** The probability from which the verdict is "late". */
  readonly threshold: number
  readonly featureNames: readonly string[]
}

/** The length-delimited fields of a message, in order; others are skipped. Bounds are checked. */
function* fieldsOf(message: Uint8Array): Generator<{ readonly field: number; readonly bytes: Uint8Array }> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++]
      // Ten bytes are the longest varint there is.
      if (byte === undefined || scale > 2 ** 63) throw new ModelFileError('The file is not an ONNX model.')
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  while (at < message.length) {
    const tag = varint()
    const wireType = tag % 8
    if (wireType === 0) varint()
    else if (wireType === 1) at += 8
    else if (wireType === 5) at += 4
    else if (wireType === 2) {
      const length = varint()
      if (at + length > message.length) throw new ModelFileError('The model file is cut short.')
      yield { field: Math.floor(tag / 8), bytes: message.subarray(at, at + length) }
      at += length
    } else throw new ModelFileError('The file is not an ONNX model.')
  }
}

/** The model's `metadata_props`. */
export const readProperties = (model: Uint8Array): ReadonlyMap<string, string> => {
  const properties = new Map<string, string>()
  const decoder = new TextDecoder()
  for (const { field, bytes } of fieldsOf(model)) {
    if (field !== METADATA_PROPS) continue
    const entry = new Map<number, string>()
    for (const part of fieldsOf(bytes)) entry.set(part.field, decoder.decode(part.bytes))
    properties.set(entry.get(KEY) ?? '', entry.get(VALUE) ?? '')
  }
  return properties
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every(item => typeof item === 'string')

/** @throws ModelFileError where the file is no model or lacks a property */
export const readMetadata = (model: Uint8Array): ModelMetadata => {
  const properties = readProperties(model)
  const property = (name: string): string => {
    const value = properties.get(name)
    if (value === undefined) throw new ModelFileError(`The model has no metadata property ${name}.`)
    return value
  }
  const threshold = Number(property('threshold'))
  const featureNames: unknown = JSON.parse(property('feature_names'))
  if (!(threshold > 0 && threshold < 1)) throw new ModelFileError('The model has no usable threshold.')
  if (!isTexts(featureNames)) throw new ModelFileError('The model has no list of feature names.')
  return { modelVersion: property('model_version'), threshold, featureNames }
}
