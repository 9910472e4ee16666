import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidRequestError } from './errors.ts'
import { validate } from './validate.ts'

const VALID = { origin: 'ATL', destination: 'DFW', departure: '2001-06-15T17:30' }

const errorsOf = (body: string | null) => {
  try {
    validate(body)
  } catch (error) {
    if (error instanceof InvalidRequestError) return error.errors
    throw error
  }
  return []
}

describe('validate', () => {
  it('reads a request', () => {
    expect(validate(JSON.stringify(VALID))).toEqual({
      origin: 'ATL',
      destination: 'DFW',
      departure: { year: 2001, month: 6, day: 15, hour: 17, minute: 30, dayOfWeek: 5 },
    })
  })

  it.each([
    ['origin', { origin: undefined }, 'is required'],
    ['origin', { origin: 'atl' }, 'three capital letters'],
    ['origin', { origin: 'ATLX' }, 'three capital letters'],
    ['origin', { origin: 7 }, 'three capital letters'],
    ['origin', { origin: null }, 'three capital letters'],
    ['destination', { destination: '' }, 'three capital letters'],
    ['destination', { destination: 'ATL' }, 'another airport than origin'],
    ['departure', { departure: undefined }, 'is required'],
    ['departure', { departure: 'tomorrow' }, 'such as "2001-06-15T17:30"'],
    ['departure', { departure: '2001-02-30T10:00' }, 'such as "2001-06-15T17:30"'],
    ['departure', { departure: '2001-06-15T17:30Z' }, 'without a zone'],
    ['departure', { departure: 992_626_200 }, 'such as "2001-06-15T17:30"'],
    ['airline', { airline: 'DL' }, 'there are origin, destination, departure'],
  ])('names %s for %j', (field, change, message) => {
    const errors = errorsOf(JSON.stringify({ ...VALID, ...change }))
    expect(errors).toEqual([{ field, message: expect.stringContaining(message) }])
  })

  it.each(['__proto__', 'constructor', 'toString'])('knows no field %s', field => {
    const body = `{${JSON.stringify(field)}:1,${JSON.stringify(VALID).slice(1)}`
    expect(errorsOf(body)).toEqual([{ field, message: expect.stringContaining('is not known') }])
  })

  it.each([null, '', '{', 'null', '[]', '"ATL"', '17'])('names the body for %j', body => {
    expect(errorsOf(body)).toEqual([{ field: 'body', message: expect.stringContaining('JSON') }])
  })

  it('names all that is wrong at once', () => {
    expect(errorsOf('{"origin":"x","speed":1}').map(({ field }) => field)).toEqual([
      'origin',
      'destination',
      'departure',
      'speed',
    ])
  })

  it('answers any JSON with a request or with what is wrong', () => {
    fc.assert(
      fc.property(fc.json(), body => {
        expect(errorsOf(body).length).toBeGreaterThan(0)
      }),
    )
  })
})
