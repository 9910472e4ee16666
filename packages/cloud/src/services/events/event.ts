import type { Scope } from '../../kernel/scope.ts'
import { isObject } from './pattern/invalid-pattern.ts'

/** An event as rules see it and targets get it. The order of its members is AWS's. */
export interface EventEnvelope {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': string
  readonly source: string
  readonly account: string
  /** ISO 8601 to the second. */
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: unknown
}

/** `2026-01-01T00:00:00Z` */
export const eventTime = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`

export interface EventParts {
  readonly id: string
  readonly detailType: string
  readonly source: string
  /** ISO 8601 to the second. */
  readonly time: string
  readonly resources: readonly string[]
  readonly detail: unknown
}

export const envelopeOf = ({ account, region }: Scope, parts: EventParts): EventEnvelope => ({
  version: '0',
  id: parts.id,
  'detail-type': parts.detailType,
  source: parts.source,
  account,
  time: parts.time,
  region,
  resources: parts.resources,
  detail: parts.detail,
})

/** A JSON object, or `undefined` for any other text. */
export const readDetail = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const detail: unknown = JSON.parse(text)
    return isObject(detail) ? detail : undefined
  } catch {
    return undefined
  }
}
