import type { Stack } from '@aws-sdk/client-cloudformation'
import type { ExampleRequest } from './app.ts'
import { localUrl } from './deployment/execute-api-url.ts'

/** Where an app's example request goes, or `undefined` where no stack has the output. */
export const exampleUrl = (
  example: ExampleRequest,
  stacks: readonly Stack[],
  endpoint: string,
): string | undefined => {
  for (const { Outputs = [] } of stacks) {
    const value = Outputs.find(output => output.OutputKey === example.output)?.OutputValue
    if (value) return localUrl(value, endpoint)
  }
  return undefined
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** A line to paste into a shell. */
export const curlLine = (example: ExampleRequest, url: string): string => {
  const body =
    example.body === undefined
      ? ''
      : ` -H 'content-type: application/json' -d ${quote(JSON.stringify(example.body))}`
  const method =
    example.method === (example.body === undefined ? 'GET' : 'POST') ? '' : ` -X ${example.method}`
  return `curl -s${method} ${url}${body}`
}
