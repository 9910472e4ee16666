import type { ParameterDeclaration } from '@aws-sdk/client-cloudformation'
import { notImplemented } from '@sonde/wire'
import { findChangeSet } from '../change-set/find.ts'
import { validationError } from '../errors.ts'
import { type CloudFormationParts, stackWithId } from '../service.ts'
import { readAlone } from '../stack/prepare.ts'
import { requiredCapabilities } from '../template/capabilities.ts'
import { allowedValuesOf } from '../template/parameter-constraints.ts'
import { defaultOf, isNoEcho } from '../template/parameters.ts'
import type { Template } from '../template/template.ts'
import type { ValueMap } from '../template/value.ts'
import { readTemplateSource } from '../template-source.ts'
import type { Handler, Handlers } from './handlers.ts'

const getTemplate =
  (parts: CloudFormationParts): Handler<'GetTemplate'> =>
  (input, context) => {
    const { scope } = context
    const body = input.ChangeSetName
      ? findChangeSet(parts, context, input.ChangeSetName, input.StackName).body
      : parts.stacks.template(scope, stackWithId(parts, context, input.StackName ?? '').stackId)
    if (input.TemplateStage === 'Processed' && readAlone(body).transforms.length > 0) {
      throw notImplemented(
        'TemplateStage Processed of a template with a Transform in CloudFormation GetTemplate',
      )
    }
    return { TemplateBody: body, StagesAvailable: ['Original', 'Processed'] }
  }

const text = (declaration: ValueMap, name: string): string | undefined =>
  declaration[name] === undefined ? undefined : String(declaration[name])

const declare = ([key, declaration]: readonly [string, ValueMap]): ParameterDeclaration => {
  const allowed = allowedValuesOf(declaration)
  return {
    ParameterKey: key,
    DefaultValue: defaultOf(declaration),
    ParameterType: text(declaration, 'Type'),
    NoEcho: isNoEcho(declaration),
    Description: text(declaration, 'Description'),
    ParameterConstraints: allowed ? { AllowedValues: allowed } : {},
  }
}

const capabilitiesOf = (template: Template) => {
  const { capabilities, reason } = requiredCapabilities(template)
  return {
    ...(capabilities.length > 0 ? { Capabilities: [...capabilities] } : {}),
    ...(reason === undefined ? {} : { CapabilitiesReason: reason }),
    ...(template.transforms.length > 0 ? { DeclaredTransforms: [...template.transforms] } : {}),
  }
}

const getTemplateSummary =
  (parts: CloudFormationParts): Handler<'GetTemplateSummary'> =>
  async (input, context) => {
    if (input.StackSetName) throw notImplemented('StackSetName of CloudFormation GetTemplateSummary')
    let body = await readTemplateSource(input, parts.objects, context)
    if (body === undefined) {
      if (!input.StackName) {
        throw validationError('Either Template URL, Template Body or StackName must be specified.')
      }
      const stack = stackWithId(parts, context, input.StackName)
      if (stack.status === 'REVIEW_IN_PROGRESS') {
        throw validationError('GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.')
      }
      body = parts.stacks.template(context.scope, stack.stackId)
    }
    const template = readAlone(body)
    return {
      Parameters: [...template.parameters].map(declare),
      Description: template.description,
      ...capabilitiesOf(template),
      ResourceTypes: [...new Set([...template.resources.values()].map(({ type }) => type))],
      Version: template.version,
      ...(template.metadata === undefined ? {} : { Metadata: JSON.stringify(template.metadata) }),
    }
  }

const validateTemplate =
  (parts: CloudFormationParts): Handler<'ValidateTemplate'> =>
  async (input, context) => {
    const body = await readTemplateSource(input, parts.objects, context)
    if (body === undefined) throw validationError('Either Template URL or Template Body must be specified.')
    const template = readAlone(body)
    return {
      Parameters: [...template.parameters].map(([key, declaration]) => ({
        ParameterKey: key,
        DefaultValue: defaultOf(declaration),
        NoEcho: isNoEcho(declaration),
        Description: text(declaration, 'Description'),
      })),
      Description: template.description,
      ...capabilitiesOf(template),
    }
  }

/** What reads templates. */
export const templateOperations = (parts: CloudFormationParts): Handlers => ({
  GetTemplate: getTemplate(parts),
  GetTemplateSummary: getTemplateSummary(parts),
  ValidateTemplate: validateTemplate(parts),
})
