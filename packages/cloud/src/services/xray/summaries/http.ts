import type { Http } from '@aws-sdk/client-xray'
import { numberOf, objectOf, textOf } from '../document/entity.ts'

/** The `http` block of an entity, whatever it is, in the words of a trace summary, or `undefined` where it says nothing. */
export const httpOf = (block: unknown): Http | undefined => {
  if (typeof block !== 'object' || block === null) return undefined
  const { request, response } = objectOf(block)
  const { url, method, user_agent: agent, client_ip: ip } = objectOf(request)
  const status = numberOf(objectOf(response).status)
  const http: Http = {}
  if (textOf(url) !== undefined) http.HttpURL = url as string
  if (status !== undefined && status >= 0) http.HttpStatus = Math.trunc(status)
  if (textOf(method) !== undefined) http.HttpMethod = method as string
  if (textOf(agent) !== undefined) http.UserAgent = agent as string
  if (textOf(ip) !== undefined) http.ClientIp = ip as string
  return Object.keys(http).length > 0 ? http : undefined
}
