import { ServiceError } from '@sonde/wire'
import type { EventEnvelope } from './event.ts'
import { followJsonPath, parseJsonPath } from './json-path.ts'
import type { TargetRecord } from './records.ts'

/** What a template may say besides its own variables. */
export interface InputContext {
  readonly event: EventEnvelope
  readonly ruleArn: string
  readonly ruleName: string
  /** ISO 8601. */
  readonly ingestionTime: string
}

const PLACEHOLDER = /<([A-Za-z0-9_.-]+)>/g

const predefined: Readonly<Record<string, (context: InputContext) => unknown>> = {
  'aws.events.rule-arn': ({ ruleArn }) => ruleArn,
  'aws.events.rule-name': ({ ruleName }) => ruleName,
  'aws.events.event.ingestion-time': ({ ingestionTime }) => ingestionTime,
  'aws.events.event.json': ({ event }) => event,
  'aws.events.event': ({ event }) => {
    const { id, account, 'detail-type': detailType, time, source, region, resources, version } = event
    return { id, account, detailType, time, source, region, resources, version }
  },
}

/** The first placeholder of a template that stands for nothing. */
export const unknownPlaceholder = (
  template: string,
  paths: Readonly<Record<string, string>> = {},
): string | undefined =>
  [...template.matchAll(PLACEHOLDER)]
    .map(([, name = '']) => name)
    .find(name => !Object.hasOwn(paths, name) && !Object.hasOwn(predefined, name))

/** Which parts of a template are inside quotes: `[text, isQuoted]`. */
const quotedParts = (template: string): Array<readonly [text: string, isQuoted: boolean]> => {
  const parts: Array<readonly [string, boolean]> = []
  let start = 0
  let isQuoted = false
  for (let index = 0; index < template.length; index++) {
    const character = template[index]
    if (character === '\\') index++
    if (character !== '"') continue
    const end = isQuoted ? index : index + 1
    parts.push([template.slice(start, end), isQuoted])
    start = end
    isQuoted = !isQuoted
  }
  parts.push([template.slice(start), isQuoted])
  return parts
}

/** A text goes into quotes as it is, escaped; anything else as its JSON, in a template that is a text without quotes. */
const inQuotes = (value: unknown, isTextTemplate: boolean): string => {
  if (typeof value === 'string') return JSON.stringify(value).slice(1, -1)
  const json = JSON.stringify(value)
  return isTextTemplate ? json.replaceAll('"', '') : json
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const transform = (
  template: string,
  paths: Readonly<Record<string, string>>,
  context: InputContext,
): string => {
  const isTextTemplate = template.trimStart().startsWith('"')
  const lookUp = (name: string): unknown => {
    const path = Object.hasOwn(paths, name) ? parseJsonPath(paths[name] ?? '') : undefined
    // What the event does not have becomes an empty text.
    return (path ? followJsonPath(path, context.event) : predefined[name]?.(context)) ?? ''
  }
  const text = quotedParts(template)
    .map(([part, isQuoted]) =>
      part.replace(PLACEHOLDER, (_whole, name: string) =>
        isQuoted ? inQuotes(lookUp(name), isTextTemplate) : JSON.stringify(lookUp(name)),
      ),
    )
    .join('')
  // One JSON value, or a text of several lines, each of them in quotes.
  if (isJson(text) || text.split('\n').every(line => isJson(line))) return text
  throw new ServiceError('InvalidJsonException', 'The transformed input is not valid JSON.')
}

/**
 * What a target gets: the event, a part of it, a constant, or what a template makes of it.
 *
 * @throws ServiceError `InvalidJsonException` where there is nothing to send
 */
export const targetInput = (target: TargetRecord, context: InputContext): string => {
  const { Input, InputPath, InputTransformer } = target
  if (Input !== undefined) return Input
  if (InputTransformer) {
    return transform(InputTransformer.InputTemplate ?? '', InputTransformer.InputPathsMap ?? {}, context)
  }
  if (InputPath === undefined) return JSON.stringify(context.event)
  const path = parseJsonPath(InputPath)
  const value = path && followJsonPath(path, context.event)
  if (value === undefined) {
    throw new ServiceError('InvalidJsonException', `The event has nothing at ${InputPath}.`)
  }
  return JSON.stringify(value)
}
