import type * as Sdk from '@aws-sdk/client-sagemaker'
import type { Tag } from '@aws-sdk/client-sagemaker'
import type { Operations } from '@sonde/wire'
import { parseArn } from '../../../kernel/arn.ts'
import type { RequestContext } from '../../../kernel/context.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Hosting } from '../endpoint-requests.ts'
import { validationException } from '../errors.ts'
import { checkTags, mergeTags } from '../tags.ts'

/** What has tags, by the first part of the ARN's resource. */
interface Taggable {
  get(scope: Scope, name: string): { readonly tags: readonly Tag[] }
  setTags(scope: Scope, name: string, tags: readonly Tag[]): void
}

export const tagOperations = ({ models, configs, endpoints }: Hosting) => {
  const taggables: Readonly<Record<string, Taggable>> = {
    model: models,
    'endpoint-config': configs,
    endpoint: endpoints,
  }

  const find = (scope: Scope, text: string): { taggable: Taggable; name: string } => {
    const arn = parseArn(text)
    const [kind = '', name] = arn?.resource.split('/') ?? []
    const taggable = Object.hasOwn(taggables, kind) ? taggables[kind] : undefined
    const ours = arn?.service === 'sagemaker' && arn.region === scope.region && arn.account === scope.account
    if (!taggable || !name || !ours) throw validationException(`Invalid ARN "${text}".`)
    return { taggable, name }
  }

  return {
    AddTags: (input, { scope }) => {
      const { taggable, name } = find(scope, input.ResourceArn ?? '')
      const tags = checkTags(mergeTags(taggable.get(scope, name).tags, input.Tags ?? []))
      taggable.setTags(scope, name, tags)
      return { Tags: tags }
    },

    ListTags: (input, { scope }) => {
      const { taggable, name } = find(scope, input.ResourceArn ?? '')
      return { Tags: [...taggable.get(scope, name).tags] }
    },

    DeleteTags: (input, { scope }) => {
      const { taggable, name } = find(scope, input.ResourceArn ?? '')
      const gone = new Set(input.TagKeys ?? [])
      const { tags } = taggable.get(scope, name)
      taggable.setTags(
        scope,
        name,
        tags.filter(({ Key }) => !gone.has(Key ?? '')),
      )
      return {}
    },
  } satisfies Operations<typeof Sdk, RequestContext>
}
