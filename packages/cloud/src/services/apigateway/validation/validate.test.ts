import { describe, expect, it } from 'vitest'
import { checkSchema } from './check-schema.ts'
import { compileSchema } from './validate.ts'

const validate = (schema: object, value: unknown, models: Record<string, object> = {}) => {
  checkSchema(schema)
  return compileSchema(schema, name => models[name])(value)
}

const FLIGHT = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'Flight',
  type: 'object',
  required: ['carrier', 'distance'],
  properties: {
    carrier: { type: 'string', minLength: 2, maxLength: 2, pattern: '^[A-Z0-9]+$' },
    distance: { type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 9000 },
    legs: { type: 'array', items: { $ref: '#/definitions/leg' }, minItems: 1, maxItems: 2 },
  },
  definitions: { leg: { type: 'integer' } },
  additionalProperties: false,
}

describe('a request model', () => {
  it('passes what it describes', () => {
    expect(validate(FLIGHT, { carrier: 'AA', distance: 700.5, legs: [1, 2] })).toEqual([])
  })

  it.each<[value: unknown, errors: string[]]>([
    [{}, ['object has missing required properties (["carrier","distance"])']],
    ['x', ['instance type (string) does not match any allowed primitive type (allowed: ["object"])']],
    [
      { carrier: 'AA', distance: 1, x: 1 },
      ['object instance has properties which are not allowed by the schema: ["x"]'],
    ],
    [{ carrier: 'A', distance: 1 }, ['string "A" is too short (length: 1, required minimum: 2)']],
    [{ carrier: 'aa', distance: 1 }, ['ECMA 262 regex "^[A-Z0-9]+$" does not match input string "aa"']],
    [
      { carrier: 'AA', distance: 0 },
      ['numeric instance is not strictly greater than the required minimum 0'],
    ],
    [
      { carrier: 'AA', distance: 9001 },
      ['numeric instance is greater than the required maximum (maximum: 9000, found: 9001)'],
    ],
    [
      { carrier: 'AA', distance: 1, legs: [1.5] },
      ['instance type (number) does not match any allowed primitive type (allowed: ["integer"])'],
    ],
    [
      { carrier: 'AA', distance: 1, legs: [] },
      ['array is too short: must have at least 1 elements but instance has 0 elements'],
    ],
  ])('says of %j: %j', (value, errors) => {
    expect(validate(FLIGHT, value)).toEqual(errors)
  })

  it.each<[keyword: string, schema: object, good: unknown, bad: unknown]>([
    ['enum', { enum: ['a', { b: 1, c: 2 }] }, { c: 2, b: 1 }, 'x'],
    ['type list', { type: ['string', 'null'] }, null, 1],
    ['integer as number', { type: 'number' }, 3, 'three'],
    ['not', { not: { type: 'string' } }, 1, 'a'],
    ['anyOf', { anyOf: [{ type: 'string' }, { minimum: 3 }] }, 4, 2],
    ['allOf', { allOf: [{ minimum: 1 }, { maximum: 3 }] }, 2, 4],
    ['oneOf', { oneOf: [{ minimum: 1 }, { minimum: 3 }] }, 2, 4],
    ['multipleOf', { multipleOf: 0.1 }, 0.3, 0.35],
    ['uniqueItems', { uniqueItems: true }, [1, 2], [{ a: 1 }, { a: 1 }]],
    ['tuple', { items: [{ type: 'string' }], additionalItems: false }, ['a'], ['a', 'b']],
    ['schema of additional properties', { additionalProperties: { type: 'number' } }, { a: 1 }, { a: 'x' }],
    ['maxProperties', { maxProperties: 1 }, { a: 1 }, { a: 1, b: 2 }],
    ['minProperties', { minProperties: 1 }, { a: 1 }, {}],
  ])('checks %s', (_keyword, schema, good, bad) => {
    expect(validate(schema, good)).toEqual([])
    expect(validate(schema, bad)).not.toEqual([])
  })

  it('follows a reference to another model of the API', () => {
    const $ref = 'https://apigateway.amazonaws.com/restapis/abc123/models/Leg'
    const schema = { type: 'array', items: { $ref } }
    expect(validate(schema, [1], { Leg: { type: 'integer' } })).toEqual([])
    expect(validate(schema, ['x'], { Leg: { type: 'integer' } })).toHaveLength(1)
  })

  it('does not hang on a reference to itself', () => {
    expect(validate({ $ref: '#' }, 1)).not.toEqual([])
  })

  it.each(['format', 'const', 'if', 'patternProperties', 'dependencies'])(
    'is refused with %s, by name',
    keyword => {
      expect(() => checkSchema({ properties: { a: { [keyword]: 'x' } } })).toThrow(
        `The JSON Schema keyword ${keyword} in a model is not implemented by Sonde.`,
      )
    },
  )

  it.each<[name: string, schema: unknown]>([
    ['a list', []],
    ['properties that are no object', { properties: [] }],
    ['a bad pattern', { pattern: '(' }],
    ['a reference to elsewhere', { $ref: 'https://example.com/x' }],
  ])('is refused when it is no schema: %s', (_name, schema) => {
    expect(() => checkSchema(schema)).toThrow('Invalid')
  })
})
