import type { CompiledMethod } from './compiled.ts'
import type { Exchange } from './exchange.ts'
import { parseQueryString } from './query-string.ts'

/**
 * The event of a Lambda proxy integration, payload format 1.0, as JSON text. Written by hand since it is made for
 * every request: what stage and method determine is prepared when the stage is compiled, each name and value is
 * quoted once though it appears in two maps, and no intermediate object is built.
 */
export const requestEvent = (exchange: Exchange, method: CompiledMethod): string => {
  const { stage, body } = exchange
  const binary = body.length > 0 && stage.isBinary(exchange.header('content-type'))
  const userAgent = exchange.header('user-agent')
  return (
    method.eventStart +
    JSON.stringify(exchange.path) +
    `,"httpMethod":"${exchange.httpMethod}",` +
    headersJson(exchange) +
    queryJson(exchange.request.queryString) +
    parametersJson(exchange.pathParameters) +
    stage.stageVariablesJson +
    method.contextStart +
    `"httpMethod":"${exchange.httpMethod}","extendedRequestId":"${exchange.extendedRequestId}"` +
    `,"requestTime":"${exchange.requestTime}","path":${JSON.stringify(exchange.contextPath)}` +
    `,${stage.contextMiddle}"protocol":"${exchange.protocol}"` +
    `,"requestTimeEpoch":${exchange.time},"requestId":"${exchange.requestId}"` +
    `,"identity":{"cognitoIdentityPoolId":null,"cognitoIdentityId":null${keyJson(exchange)}` +
    `,"principalOrgId":null,"cognitoAuthenticationType":null,"userArn":null${keyIdJson(exchange)}` +
    `,"userAgent":${userAgent === undefined ? 'null' : JSON.stringify(userAgent)}` +
    `,"accountId":null,"caller":null,"sourceIp":"${exchange.sourceIp}","accessKey":null` +
    `,"cognitoAuthenticationProvider":null,"user":null},${stage.contextEnd}` +
    `,"body":${bodyJson(body, binary)},"isBase64Encoded":${binary}}`
  )
}

/** Of methods that require a key alone. */
const keyJson = ({ apiKey }: Exchange): string =>
  apiKey === undefined ? '' : `,"apiKey":${JSON.stringify(apiKey)}`
const keyIdJson = ({ apiKeyId }: Exchange): string =>
  apiKeyId === undefined ? '' : `,"apiKeyId":"${apiKeyId}"`

const bodyJson = (body: Buffer, binary: boolean): string => {
  if (body.length === 0) return 'null'
  return binary ? `"${body.toString('base64')}"` : JSON.stringify(body.toString('utf8'))
}

/** What API Gateway sets itself, whatever the client sent; `x-forwarded-for` is extended. */
const REPLACED = new Set(['x-amzn-trace-id', 'x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto'])

const headersJson = (exchange: Exchange): string => {
  const { headerNames, headerValues, request } = exchange
  const forwardedFor = exchange.header('x-forwarded-for')
  const client = forwardedFor === undefined ? exchange.sourceIp : `${forwardedFor}, ${exchange.sourceIp}`
  const trace = JSON.stringify(exchange.trace.header)
  const address = JSON.stringify(client)
  const { forwardedPort: port, forwardedProto: proto } = request
  let single = ''
  let multi = ''
  for (let index = 0; index < headerNames.length; index++) {
    const name = headerNames[index]
    if (!name || name.dropped || REPLACED.has(name.lower)) continue
    const again = laterIndex(headerNames, index)
    if (again === HAS_EARLIER) continue
    if (again === ONLY) {
      const value = JSON.stringify(headerValues[index])
      single += `${name.json}:${value},`
      multi += `${name.json}:[${value}],`
    } else {
      const values = headerValues.filter((_value, other) => headerNames[other]?.lower === name.lower)
      single += `${name.json}:${JSON.stringify(values.at(-1))},`
      multi += `${name.json}:${JSON.stringify(values)},`
    }
  }
  return (
    `"headers":{${single}"X-Amzn-Trace-Id":${trace},"X-Forwarded-For":${address}` +
    `,"X-Forwarded-Port":"${port}","X-Forwarded-Proto":"${proto}"},` +
    `"multiValueHeaders":{${multi}"X-Amzn-Trace-Id":[${trace}],"X-Forwarded-For":[${address}]` +
    `,"X-Forwarded-Port":["${port}"],"X-Forwarded-Proto":["${proto}"]},`
  )
}

const ONLY = -1
const HAS_EARLIER = -2

/** Where a header repeats after `index`; {@link HAS_EARLIER} where `index` itself repeats an earlier one. */
const laterIndex = (names: Exchange['headerNames'], index: number): number => {
  const lower = names[index]?.lower
  for (let other = 0; other < index; other++) if (names[other]?.lower === lower) return HAS_EARLIER
  for (let other = index + 1; other < names.length; other++) if (names[other]?.lower === lower) return other
  return ONLY
}

const queryJson = (raw: string): string => {
  const { names, values } = parseQueryString(raw)
  if (names.length === 0) return '"queryStringParameters":null,"multiValueQueryStringParameters":null,'
  let single = ''
  let multi = ''
  for (let index = 0; index < names.length; index++) {
    const name = JSON.stringify(names[index])
    const all = values[index] ?? []
    const separator = index === 0 ? '' : ','
    single += `${separator}${name}:${JSON.stringify(all.at(-1))}`
    multi += `${separator}${name}:${JSON.stringify(all)}`
  }
  return `"queryStringParameters":{${single}},"multiValueQueryStringParameters":{${multi}},`
}

const parametersJson = (parameters: Readonly<Record<string, string>> | undefined): string =>
  parameters === undefined ? '"pathParameters":null,' : `"pathParameters":${JSON.stringify(parameters)},`
