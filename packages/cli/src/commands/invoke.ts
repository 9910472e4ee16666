import { readFileSync } from 'node:fs'
import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation'
import { type App, openApp, STATE } from '../app.ts'
import { clientOptions } from '../clients.ts'
import { type Arguments, type Command, UsageError } from '../command.ts'
import { exampleUrl } from '../example-request.ts'
import { findRunning, type RunningCloud } from '../running-cloud.ts'
import type { Terminal } from '../terminal.ts'

/** Longer than API Gateway lets any integration take. */
const TIMEOUT = 35_000

const deployedStacks = async ({ endpoint, stacks }: RunningCloud): Promise<Stack[]> => {
  const answers = await Promise.all(
    stacks.map(async ({ name, account, region }) => {
      const client = new CloudFormationClient(clientOptions({ endpoint, account, region }))
      try {
        return await client.send(new DescribeStacksCommand({ StackName: name }))
      } finally {
        client.destroy()
      }
    }),
  )
  return answers.flatMap(({ Stacks = [] }) => Stacks)
}

const bodyOf = (data: string | undefined, app: App): string | undefined => {
  if (data === undefined)
    return app.example?.body === undefined ? undefined : JSON.stringify(app.example.body)
  return data.startsWith('@') ? readFileSync(data === '@-' ? 0 : data.slice(1), 'utf8') : data
}

const prettyJson = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2)
  } catch {
    return text
  }
}

const invoke = async (arguments_: Arguments, terminal: Terminal): Promise<number> => {
  const app = openApp(arguments_)
  if (!app.example) {
    throw new UsageError(
      `${app.folder} has no sonde.json that names a request, such as {"request": {"output": "Url", "body": {}}}.`,
    )
  }
  const running = await findRunning(app)
  const url = exampleUrl(app.example, await deployedStacks(running), running.endpoint)
  if (!url)
    throw new UsageError(`No deployed stack has the output ${app.example.output} that sonde.json names.`)
  const body = bodyOf(arguments_.text('data'), app)
  const started = performance.now()
  const response = await fetch(url, {
    method: app.example.method,
    ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }),
    signal: AbortSignal.timeout(TIMEOUT),
  })
  const text = await response.text()
  const took = performance.now() - started
  terminal.print(prettyJson(text))
  const status = `${response.status} ${response.statusText}, ${took.toFixed(1)} ms`
  terminal.warn(terminal.style(response.ok ? 'dim' : 'red', status))
  return response.ok ? 0 : 1
}

export const invokeCommand: Command = {
  summary: 'send a request to the running app',
  operands: '[app]',
  description: [
    'Sends the request that [app]/sonde.json names (or your own body) to the running API and prints the answer;',
    'status and time go to stderr. Exit code 0 for a 2xx answer.',
    '',
    '  sonde invoke',
    '  sonde invoke --data \'{"origin":"JFK","destination":"SFO","departure":"2001-07-04T17:30"}\'',
  ].join('\n'),
  options: {
    state: STATE,
    data: { type: 'string', value: 'json', help: 'The body; @file or @- (stdin) reads it from there' },
  },
  run: invoke,
}
