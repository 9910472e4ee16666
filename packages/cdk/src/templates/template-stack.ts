import {
  App,
  type CfnElement,
  CfnOutput,
  CfnParameter,
  type CfnParameterProps,
  type IStackSynthesizer,
  LegacyStackSynthesizer,
  Stack,
} from 'aws-cdk-lib/core'
import { INLINE_FUNCTIONS } from '../functions/function-code.ts'
import { withoutImpliedDependencies } from './dependencies.ts'
import { readable } from './substitution.ts'
import type { Template } from './value.ts'

/** Parts of paths that say nothing. */
const SILENT = new Set(['Resource', 'Default'])

/** CDK names a rule's permission after the path of its function. */
const PERMISSION = /^AllowEventRule.*/

const pascal = (name: string): string =>
  name.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** A stack whose logical ids are the paths of the constructs below its one root, without a hash. */
export class TemplateStack extends Stack {
  /** Groups of parameters, in the order in which a console shows them. */
  readonly groups = new Map<string, string[]>()

  constructor(description: string) {
    super(
      new App({
        analyticsReporting: false,
        treeMetadata: false,
        builtinCloudFormationValidation: false,
        context: { [INLINE_FUNCTIONS]: true },
      }),
      'Template',
      {
        // Neither assets nor a bootstrapped account.
        synthesizer: new LegacyStackSynthesizer() as IStackSynthesizer,
        description,
      },
    )
  }

  parameter(group: string, name: string, props: CfnParameterProps): CfnParameter {
    this.groups.set(group, [...(this.groups.get(group) ?? []), name])
    return new CfnParameter(this, name, { type: 'String', ...props })
  }

  output(name: string, description: string, value: string): void {
    new CfnOutput(this, name, { description, value })
  }

  protected override allocateLogicalId(element: CfnElement): string {
    const parts = element.node.scopes
      .slice(2)
      .map(({ node }) => node.id)
      .filter(id => !SILENT.has(id))
      .map(id => id.replace(PERMISSION, 'Permission'))
    return (parts.length > 1 && parts[0] === 'Watch' ? parts.slice(1) : parts).map(pascal).join('')
  }

  /** The template as it is deployed. */
  template(): Template {
    const app = this.node.root as App
    const { template } = app.synth().getStackArtifact(this.artifactId)
    const { Parameters, ...rest } = withoutImpliedDependencies(readable(template) as Template)
    const ParameterGroups = [...this.groups].map(([label, Parameters]) => ({
      Label: { default: label },
      Parameters,
    }))
    return {
      Description: this.templateOptions.description ?? '',
      Metadata: { 'AWS::CloudFormation::Interface': { ParameterGroups } },
      ...(Parameters !== undefined && { Parameters }),
      ...rest,
    }
  }
}
