/** Reads the body of `POST /predictions`. */
import { parseLocalTime } from '../features/local-time.ts'
import type { PredictionRequest } from '../features/request.ts'
import { type FieldError, InvalidRequestError } from './errors.ts'

const AIRPORT = /^[A-Z0-9]{3}$/
const AIRPORT_ACCEPTS = 'must be the IATA code of an airport, three capital letters such as "ATL"'
const DEPARTURE_ACCEPTS =
  'must be a local date and time at the origin without a zone, such as "2001-06-15T17:30"'

type Body = Readonly<Record<string, unknown>>

const FIELDS: Readonly<Record<keyof PredictionRequest, (value: unknown, body: Body) => string | undefined>> =
  {
    origin: value => (typeof value === 'string' && AIRPORT.test(value) ? undefined : AIRPORT_ACCEPTS),
    destination: (value, body) => {
      if (typeof value !== 'string' || !AIRPORT.test(value)) return AIRPORT_ACCEPTS
      return value === body.origin ? 'must be another airport than origin' : undefined
    },
    departure: value => (typeof value === 'string' && parseLocalTime(value) ? undefined : DEPARTURE_ACCEPTS),
  }

const parseBody = (text: string | null): Body => {
  let body: unknown
  try {
    body = JSON.parse(text ?? '')
  } catch {
    throw new InvalidRequestError([{ field: 'body', message: 'must be JSON' }])
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new InvalidRequestError([
      { field: 'body', message: `must be a JSON object with ${Object.keys(FIELDS).join(', ')}` },
    ])
  }
  return body as Body
}

/**
 * @throws InvalidRequestError with every field that is wrong, unknown ones included
 */
export const validate = (text: string | null): PredictionRequest => {
  const body = parseBody(text)
  const errors: FieldError[] = []
  for (const [field, check] of Object.entries(FIELDS)) {
    const message = body[field] === undefined ? 'is required' : check(body[field], body)
    if (message) errors.push({ field, message })
  }
  for (const field of Object.keys(body)) {
    if (!Object.hasOwn(FIELDS, field)) {
      errors.push({ field, message: `is not known; there are ${Object.keys(FIELDS).join(', ')}` })
    }
  }
  const { origin, destination, departure } = body
  const time = parseLocalTime(String(departure))
  if (errors.length > 0 || typeof origin !== 'string' || typeof destination !== 'string' || !time) {
    throw new InvalidRequestError(errors)
  }
  return { origin, destination, departure: time }
}
