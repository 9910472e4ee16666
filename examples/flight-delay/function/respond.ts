import type { APIGatewayProxyResult } from 'aws-lambda'
import { BadAnswerError, InvalidRequestError, UnavailableError } from './errors.ts'

const respond = (statusCode: number, body: object): APIGatewayProxyResult => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

export const success = (body: object): APIGatewayProxyResult => respond(200, body)

/** What a client gets of an error. Causes are for the log: they name tables, endpoints and hosts. */
export const failure = (error: unknown): APIGatewayProxyResult => {
  if (error instanceof InvalidRequestError) {
    return respond(400, { message: error.message, errors: error.errors })
  }
  if (error instanceof UnavailableError) return respond(503, { message: error.message })
  if (error instanceof BadAnswerError) return respond(502, { message: error.message })
  return respond(500, { message: 'Something went wrong.' })
}
