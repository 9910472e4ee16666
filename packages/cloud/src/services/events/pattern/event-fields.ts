import { isObject } from './invalid-pattern.ts'
import type { Scalar } from './match-expression.ts'

/**
 * Which element of which array a leaf is in, by the array's number. Leaves that a pattern names together must agree:
 * they must come from one element of each array.
 */
export type Membership = ReadonlyMap<number, number>

export interface Leaf {
  readonly value: Scalar
  readonly membership: Membership
}

/** The leaves of an event by their path: names joined by dots, arrays not counted. */
export type EventFields = ReadonlyMap<string, readonly Leaf[]>

const NONE: Membership = new Map()

/** The leaves of a JSON document. Linear in its size; not recursive. */
export const eventFields = (event: Readonly<Record<string, unknown>>): EventFields => {
  const fields = new Map<string, Leaf[]>()
  const pending: Array<{ path: string; value: unknown; membership: Membership }> = [
    { path: '', value: event, membership: NONE },
  ]
  let arrays = 0
  for (let item = pending.pop(); item; item = pending.pop()) {
    const { path, value, membership } = item
    if (Array.isArray(value)) {
      const array = arrays++
      value.forEach((element: unknown, index) => {
        const isScalar = typeof element !== 'object' || element === null
        pending.push({
          path,
          value: element,
          membership: isScalar ? membership : new Map(membership).set(array, index),
        })
      })
    } else if (isObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        pending.push({ path: path === '' ? name : `${path}.${name}`, value: member, membership })
      }
    } else {
      const leaf = { value: value as Scalar, membership }
      const leaves = fields.get(path)
      if (leaves) leaves.push(leaf)
      else fields.set(path, [leaf])
    }
  }
  return fields
}
