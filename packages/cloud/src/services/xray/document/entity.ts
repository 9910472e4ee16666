/** A value as JSON has it. */
export type JsonObject = Readonly<Record<string, unknown>>

/**
 * A segment or subsegment as it was sent. What intake checks is typed; all else is read through the functions below,
 * because senders write what they like.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */
export interface Entity extends JsonObject {
  /** 16 hexadecimal digits, unique in its trace. */
  readonly id: string
  readonly name: string
  /** Seconds since the epoch. */
  readonly start_time: number
  readonly end_time?: number
  readonly in_progress?: boolean
  readonly parent_id?: string
  readonly type?: string
  readonly subsegments?: readonly Entity[]
}

/** `value` where it is an object, else an empty one. */
export const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}

/** `value` where it is a string that is not empty. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** Numbers as such and, as older SDKs write them, as text. */
export const numberOf = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** The string at a path of members, such as `aws`, `ec2`, `instance_id`. */
export const textAt = (entity: JsonObject, ...path: readonly string[]): string | undefined => {
  let value: unknown = entity
  for (const member of path) value = objectOf(value)[member]
  return textOf(value)
}

/** Whether it goes on: it says so, and has no end. */
export const isRunning = (entity: Entity): boolean =>
  entity.end_time === undefined || entity.end_time === null

/** Seconds since the epoch; the start of what has no end yet. */
export const endOf = (entity: Entity): number => entity.end_time ?? entity.start_time

/** Seconds from start to end. */
export const responseTimeOf = (entity: Entity): number => Math.max(0, endOf(entity) - entity.start_time)
