import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Capability,
  type CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
  type StackEvent,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import { UsageError } from '../command.ts'
import type { StackArtifact } from '../synthesis/assembly.ts'

/** CloudFormation's limit of a template in a request; a larger one must come from S3. */
const MAX_TEMPLATE_BODY = 51_200
const POLL = 50
const CAPABILITIES: Capability[] = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND']

export interface Deployment {
  readonly outcome: 'created' | 'updated' | 'unchanged'
  readonly stack: Stack
}

/** Such a stack cannot be updated; it has nothing worth keeping either. */
const isDead = (status: string): boolean =>
  /^(ROLLBACK_|CREATE_FAILED|DELETE_FAILED|REVIEW_IN_PROGRESS|ROLLBACK_FAILED)/.test(status)

const isFailure = (status: string): boolean => /FAILED|ROLLBACK/.test(status)

const describe = async (client: CloudFormationClient, name: string): Promise<Stack | undefined> => {
  try {
    return (await client.send(new DescribeStacksCommand({ StackName: name }))).Stacks?.[0]
  } catch (error) {
    if ((error as Error).message.includes('does not exist')) return undefined
    throw error
  }
}

const newestEvent = async (client: CloudFormationClient, name: string): Promise<string | undefined> => {
  const { StackEvents } = await client.send(new DescribeStackEventsCommand({ StackName: name }))
  return StackEvents?.[0]?.EventId
}

/** Follows a stack until nothing is in progress, passing each event once, oldest first. */
const follow = async (
  client: CloudFormationClient,
  stackId: string,
  after: string | undefined,
  onEvent: (event: StackEvent) => void,
): Promise<{ stack: Stack; events: StackEvent[] }> => {
  const seen: StackEvent[] = []
  let last = after
  for (;;) {
    const stack = await describe(client, stackId)
    if (!stack) throw new UsageError(`Stack ${stackId} disappeared while it was deployed.`)
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: stackId }))
    const known = StackEvents.findIndex(event => event.EventId === last)
    for (const event of StackEvents.slice(0, known < 0 ? undefined : known).reverse()) {
      seen.push(event)
      onEvent(event)
    }
    last = StackEvents[0]?.EventId ?? last
    if (!stack.StackStatus?.endsWith('IN_PROGRESS')) return { stack, events: seen }
    await sleep(POLL)
  }
}

/** The first failures that are not consequences of others. */
const reasonsOf = (events: readonly StackEvent[]): string =>
  events
    .filter(
      event =>
        event.ResourceStatus?.endsWith('_FAILED') &&
        event.ResourceStatusReason &&
        !/cancelled|failed to (create|update|delete)/i.test(event.ResourceStatusReason),
    )
    .map(event => `${event.LogicalResourceId} (${event.ResourceType}): ${event.ResourceStatusReason}`)
    .join('\n')

const templateOf = ({ templatePath, templateBytes, assets }: StackArtifact, endpoint: string) => {
  if (templateBytes <= MAX_TEMPLATE_BODY) return { TemplateBody: readFileSync(templatePath, 'utf8') }
  const published = assets.find(asset => asset.path === templatePath)
  if (!published) {
    throw new UsageError(`${templatePath} exceeds ${MAX_TEMPLATE_BODY} bytes and is not among the assets.`)
  }
  return { TemplateURL: `${endpoint}/${published.bucket}/${published.key}` }
}

const refusedAs = (error: unknown): Error =>
  (error as Error).name === 'ValidationError' || (error as { $metadata?: unknown }).$metadata
    ? new UsageError((error as Error).message, { cause: error })
    : (error as Error)

const remove = async (
  client: CloudFormationClient,
  { StackId: id = '' }: Stack,
  onEvent: (event: StackEvent) => void,
): Promise<void> => {
  const after = await newestEvent(client, id)
  await client.send(new DeleteStackCommand({ StackName: id }))
  const { stack, events } = await follow(client, id, after, onEvent)
  if (stack.StackStatus !== 'DELETE_COMPLETE') {
    throw new UsageError(`The failed stack ${stack.StackName} could not be deleted.\n${reasonsOf(events)}`)
  }
}

/**
 * Creates a stack, or brings it up to date.
 *
 * @throws UsageError with the reasons, when the template is refused or a resource fails
 */
export const deployStack = async (
  client: CloudFormationClient,
  artifact: StackArtifact,
  endpoint: string,
  onEvent: (event: StackEvent) => void,
): Promise<Deployment> => {
  const { stackName, parameters, tags } = artifact
  const request = {
    StackName: stackName,
    ...templateOf(artifact, endpoint),
    Capabilities: CAPABILITIES,
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  }
  let existing = await describe(client, stackName)
  if (existing?.StackStatus?.endsWith('IN_PROGRESS')) {
    existing = (await follow(client, stackName, undefined, () => {})).stack
  }
  if (existing && isDead(existing.StackStatus ?? '')) {
    await remove(client, existing, onEvent)
    existing = undefined
  }
  const after = existing && (await newestEvent(client, stackName))
  let stackId: string | undefined
  try {
    const command = existing ? new UpdateStackCommand(request) : new CreateStackCommand(request)
    stackId = (await client.send(command as CreateStackCommand)).StackId
  } catch (error) {
    if (existing && (error as Error).message === 'No updates are to be performed.') {
      return { outcome: 'unchanged', stack: existing }
    }
    throw refusedAs(error)
  }
  const { stack, events } = await follow(client, stackId ?? stackName, after, onEvent)
  if (isFailure(stack.StackStatus ?? '')) {
    const reasons = reasonsOf(events) || (stack.StackStatusReason ?? '')
    throw new UsageError(`Stack ${stackName} could not be deployed (${stack.StackStatus}).\n${reasons}`)
  }
  return { outcome: existing ? 'updated' : 'created', stack }
}
