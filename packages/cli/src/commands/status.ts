import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation'
import { openApp, STATE } from '../app.ts'
import { clientOptions } from '../clients.ts'
import type { Arguments, Command } from '../command.ts'
import { localUrl } from '../deployment/execute-api-url.ts'
import { type DeployedStack, findRunning } from '../running-cloud.ts'
import type { Terminal } from '../terminal.ts'

/** The resources that a person looks for; roles and permissions are left to `aws cloudformation`. */
const SHOWN: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
  'AWS::DynamoDB::Table',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::SageMaker::Endpoint',
])

const printStack = async (
  endpoint: string,
  { name, account, region }: DeployedStack,
  terminal: Terminal,
): Promise<void> => {
  const client = new CloudFormationClient(clientOptions({ endpoint, account, region }))
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }))
    const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: name }))
    terminal.print(
      `\n${name}  ${Stacks[0]?.StackStatus ?? ''}  ${terminal.style('dim', `${account} ${region}`)}`,
    )
    for (const resource of StackResources.filter(({ ResourceType = '' }) => SHOWN.has(ResourceType))) {
      const kind = (resource.ResourceType ?? '').replace(/^AWS::/, '').padEnd(22)
      terminal.print(
        `  ${kind}${resource.PhysicalResourceId}  ${terminal.style('dim', resource.ResourceStatus ?? '')}`,
      )
    }
    for (const { OutputKey = '', OutputValue = '' } of Stacks[0]?.Outputs ?? []) {
      terminal.print(`  ${OutputKey.padEnd(22)}${localUrl(OutputValue, endpoint)}`)
    }
  } finally {
    client.destroy()
  }
}

const status = async (arguments_: Arguments, terminal: Terminal): Promise<number> => {
  const app = openApp(arguments_)
  const { health, endpoint, stacks } = await findRunning(app)
  terminal.print(`Sonde ${health.version} is ${health.status} at ${endpoint}`)
  for (const stack of stacks) await printStack(endpoint, stack, terminal)
  return 0
}

export const statusCommand: Command = {
  summary: 'show what runs, and where',
  operands: '[app]',
  description: 'Shows the stacks of the running app, their main resources and outputs.',
  options: { state: STATE },
  run: status,
}
