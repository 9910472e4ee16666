import { notImplemented } from '@sonde/wire'
import type { RequestContext } from '../../../kernel/context.ts'
import { alreadyExists, constraintError, validationError } from '../errors.ts'
import { checkName, readOnFailure, readOptions, readParameters, refuseUnsupported } from '../request.ts'
import { type CloudFormationParts, stackNamed, stackWithId } from '../service.ts'
import {
  beginCreate,
  beginDelete,
  beginUpdate,
  checkUpdatable,
  diffStack,
  newStackId,
} from '../stack/begin.ts'
import { checkImported } from '../stack/exports.ts'
import { prepareStack } from '../stack/prepare.ts'
import type { StackRecord } from '../stack/records.ts'
import { readTemplateSource, type TemplateInput } from '../template-source.ts'
import type { Handler, Handlers } from './handlers.ts'

const requiredTemplate = async (
  parts: CloudFormationParts,
  input: TemplateInput,
  context: RequestContext,
): Promise<string> => {
  const body = await readTemplateSource(input, parts.objects, context)
  if (body === undefined) throw validationError('Either Template URL or Template Body must be specified.')
  return body
}

/** The template of an update: the request's, or the one that the stack has. */
export const updateTemplate = async (
  parts: CloudFormationParts,
  input: TemplateInput & { readonly UsePreviousTemplate?: boolean | undefined },
  context: RequestContext,
  stack: StackRecord,
): Promise<string> => {
  if (!input.UsePreviousTemplate) return requiredTemplate(parts, input, context)
  if (input.TemplateBody !== undefined || input.TemplateURL !== undefined) {
    throw validationError('Only one of UsePreviousTemplate, TemplateBody or TemplateURL can be specified.')
  }
  return parts.stacks.template(context.scope, stack.stackId)
}

const isRepeated = (stack: StackRecord, token: string | undefined, action: 'create' | 'update'): boolean =>
  token !== undefined && stack.token?.value === token && stack.token.action === action

const createStack =
  (parts: CloudFormationParts): Handler<'CreateStack'> =>
  async (input, context) => {
    refuseUnsupported('CreateStack', input)
    const { scope } = context
    const name = checkName(input.StackName ?? '', 'stackName')
    const timeout = input.TimeoutInMinutes
    if (timeout !== undefined && timeout < 1) {
      throw constraintError(String(timeout), 'timeoutInMinutes', 'have value greater than or equal to 1')
    }
    const body = await requiredTemplate(parts, input, context)
    const token = input.ClientRequestToken
    const existing = parts.stacks.find(scope, name)
    if (existing && isRepeated(existing, token, 'create')) return { StackId: existing.stackId }
    if (existing) throw alreadyExists(`Stack [${name}] already exists`)

    const stackId = newStackId(scope, name)
    const options = readOptions(input, undefined)
    const plan = prepareStack(parts, {
      identity: { scope, stackName: name, stackId },
      body,
      given: readParameters(input.Parameters),
      previous: [],
      capabilities: options.capabilities,
      allowedTypes: input.ResourceTypes,
    })
    beginCreate(parts, scope, {
      plan,
      body,
      token,
      stack: {
        stackId,
        name,
        status: 'CREATE_IN_PROGRESS',
        createdAt: parts.clock.now(),
        parameters: [],
        options,
        onFailure: readOnFailure(
          input.OnFailure,
          input.DisableRollback ?? input.DeploymentConfig?.DisableRollback,
        ),
        terminationProtection: input.EnableTerminationProtection === true,
        retainExceptOnCreate: input.RetainExceptOnCreate === true,
        outputs: [],
        imports: plan.imports,
        ...(timeout === undefined ? {} : { timeoutMinutes: timeout }),
        ...(token === undefined ? {} : { token: { value: token, action: 'create' } }),
      },
    })
    return { StackId: stackId }
  }

const updateStack =
  (parts: CloudFormationParts): Handler<'UpdateStack'> =>
  async (input, context) => {
    refuseUnsupported('UpdateStack', input)
    const { scope } = context
    const stack = stackNamed(parts, context, input.StackName)
    const token = input.ClientRequestToken
    if (isRepeated(stack, token, 'update')) return { StackId: stack.stackId }
    checkUpdatable(stack)
    const body = await updateTemplate(parts, input, context, stack)
    const options = readOptions(input, stack.options)
    const plan = prepareStack(parts, {
      identity: { scope, stackName: stack.name, stackId: stack.stackId },
      body,
      given: readParameters(input.Parameters),
      previous: stack.parameters,
      capabilities: options.capabilities,
      allowedTypes: input.ResourceTypes,
    })
    // Reading the template may have waited: another update may have begun.
    const latest = stackNamed(parts, context, stack.stackId)
    checkUpdatable(latest)
    if (diffStack(parts, scope, latest, plan, options).isEmpty) {
      throw validationError('No updates are to be performed.')
    }
    beginUpdate(parts, scope, latest, {
      plan,
      body,
      options,
      token,
      disableRollback: (input.DisableRollback ?? input.DeploymentConfig?.DisableRollback) === true,
      retainExceptOnCreate: input.RetainExceptOnCreate === true,
    })
    return { StackId: stack.stackId }
  }

const checkDeletable = (parts: CloudFormationParts, { scope }: RequestContext, stack: StackRecord): void => {
  if (stack.terminationProtection) {
    throw validationError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`)
  }
  if (stack.status.startsWith('UPDATE') && stack.status.endsWith('_IN_PROGRESS')) {
    throw validationError(`Stack [${stack.stackId}] is in ${stack.status} state and can not be deleted.`)
  }
  checkImported(parts.stacks, scope, stack, new Map())
}

const deleteStack =
  (parts: CloudFormationParts): Handler<'DeleteStack'> =>
  (input, context) => {
    if ((input.DeploymentConfig?.Mode ?? 'STANDARD') !== 'STANDARD') {
      throw notImplemented('DeploymentConfig.Mode of CloudFormation DeleteStack')
    }
    const { scope } = context
    const stack = parts.stacks.find(scope, input.StackName ?? '')
    // Deleting what does not exist is no error, as in AWS.
    if (!stack || stack.status === 'DELETE_COMPLETE' || stack.status === 'DELETE_IN_PROGRESS') return {}
    const retain = new Set(input.RetainResources ?? [])
    if (retain.size > 0 && stack.status !== 'DELETE_FAILED') {
      throw validationError(
        `Invalid operation on stack [${stack.stackId}]. When you delete a stack, specify which resources to retain only when the stack is in the DELETE_FAILED state`,
      )
    }
    const known = new Set(parts.stacks.resources(scope, stack.stackId).map(({ logicalId }) => logicalId))
    const unknown = [...retain].filter(id => !known.has(id))
    if (unknown.length > 0) {
      throw validationError(
        `The following resources to retain do not exist in the stack: [${unknown.join(', ')}]`,
      )
    }
    checkDeletable(parts, context, stack)
    for (const changeSet of parts.changeSets.list(scope)) {
      if (changeSet.stackId === stack.stackId) parts.changeSets.delete(scope, changeSet.id)
    }
    const mode = input.DeletionMode
    const record: StackRecord = mode === undefined ? stack : { ...stack, deletionMode: mode }
    beginDelete(parts, scope, record, input.ClientRequestToken, retain)
    return {}
  }

const updateTerminationProtection =
  (parts: CloudFormationParts): Handler<'UpdateTerminationProtection'> =>
  (input, context) => {
    const stack = stackWithId(parts, context, input.StackName ?? '')
    if (stack.status.endsWith('_IN_PROGRESS') || stack.status === 'DELETE_COMPLETE') {
      throw validationError(`Stack [${stack.stackId}] is in ${stack.status} state and can not be updated.`)
    }
    parts.stacks.put(context.scope, {
      ...stack,
      terminationProtection: input.EnableTerminationProtection === true,
    })
    return { StackId: stack.stackId }
  }

/** What changes stacks. The work goes on in the background after these have answered. */
export const stackOperations = (parts: CloudFormationParts): Handlers => ({
  CreateStack: createStack(parts),
  UpdateStack: updateStack(parts),
  DeleteStack: deleteStack(parts),
  UpdateTerminationProtection: updateTerminationProtection(parts),
})
