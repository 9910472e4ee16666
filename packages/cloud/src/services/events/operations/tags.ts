import type { Tag } from '@aws-sdk/client-eventbridge'
import { parseArn } from '../../../kernel/arn.ts'
import { RequestCheck } from '../../../kernel/request-check.ts'
import { validation } from '../errors.ts'
import { MAX_TAGS } from '../limits.ts'
import { DEFAULT_BUS } from '../names.ts'
import type { EventsOperations, EventsParts } from '../service.ts'

/** @throws ServiceError `ValidationException` */
export const checkTags = (tags: readonly Tag[] = []): readonly Tag[] => {
  const check = new RequestCheck()
  tags.forEach(({ Key, Value }, index) => {
    check.text(`tags.${index + 1}.member.key`, Key, { min: 1, max: 128 })
    check.text(`tags.${index + 1}.member.value`, Value, { max: 256 })
  })
  check.report()
  if (tags.length > MAX_TAGS) throw validation(`A resource can have at most ${MAX_TAGS} tags.`)
  return tags
}

interface Tagged {
  readonly tags: readonly Tag[]
  save(tags: readonly Tag[]): void
}

/** The rule or bus that an ARN names. @throws ServiceError `ResourceNotFoundException` */
const tagged = ({ buses, rules }: EventsParts, resourceArn: string): Tagged => {
  const parsed = parseArn(resourceArn)
  const [type, ...path] = parsed?.resource.split('/') ?? []
  if (parsed?.service !== 'events') {
    throw validation(`Parameter ${resourceArn} is not valid. Reason: Provided Arn is not in correct format.`)
  }
  const scope = { account: parsed.account, region: parsed.region }
  if (type === 'event-bus') {
    const at = { scope, name: path.join('/') }
    return { tags: buses.get(at).tags, save: tags => void buses.change(at, { tags }) }
  }
  if (type !== 'rule') {
    throw validation(`Parameter ${resourceArn} is not valid. Reason: Provided Arn is not in correct format.`)
  }
  const rule = rules.get(scope, path.slice(0, -1).join('/') || DEFAULT_BUS, path.at(-1) ?? '')
  return { tags: rule.tags, save: tags => rules.setTags(scope, rule, tags) }
}

type TagOperations = Pick<Required<EventsOperations>, 'TagResource' | 'UntagResource' | 'ListTagsForResource'>

/** Tags of rules and buses. */
export const tagOperations = (parts: EventsParts): TagOperations => ({
  TagResource: ({ ResourceARN = '', Tags = [] }) => {
    const resource = tagged(parts, ResourceARN)
    const keys = new Set(Tags.map(({ Key }) => Key))
    resource.save(checkTags([...resource.tags.filter(({ Key }) => !keys.has(Key)), ...Tags]))
    return {}
  },
  UntagResource: ({ ResourceARN = '', TagKeys = [] }) => {
    const resource = tagged(parts, ResourceARN)
    resource.save(resource.tags.filter(({ Key = '' }) => !TagKeys.includes(Key)))
    return {}
  },
  ListTagsForResource: ({ ResourceARN = '' }) => ({ Tags: [...tagged(parts, ResourceARN).tags] }),
})
