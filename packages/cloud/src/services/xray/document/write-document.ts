import type { EntityNode } from './merge.ts'

/** These come first, as in the service's own answers. */
const FIRST = ['id', 'name', 'start_time', 'end_time', 'parent_id']
/** These are said by where a subsegment stands. */
const PLACE = ['parent_id', 'trace_id', 'type']

/** The members of one entity without the braces and without what is under it. */
const writeMembers = (node: EntityNode): string => {
  const { subsegments: _subsegments, ...rest } = node.entity
  const ordered: Record<string, unknown> = {}
  for (const member of FIRST) if (rest[member] !== undefined) ordered[member] = rest[member]
  Object.assign(ordered, rest)
  if (node.parent) for (const member of PLACE) delete ordered[member]
  return JSON.stringify(ordered).slice(1, -1)
}

/**
 * The JSON text of a segment with all its subsegments, as BatchGetTraces gives it. Subsegments may be nested as deep as
 * the trace has entities: there is no recursion.
 */
export const writeDocument = (top: EntityNode): string => {
  const parts: string[] = []
  const open: Array<{ readonly node: EntityNode; next: number }> = []
  const begin = (node: EntityNode): void => {
    parts.push('{', writeMembers(node))
    if (node.children.length > 0) parts.push(',"subsegments":[')
    open.push({ node, next: 0 })
  }
  begin(top)
  for (let current = open.at(-1); current; current = open.at(-1)) {
    const child = current.node.children[current.next]
    if (child) {
      if (current.next > 0) parts.push(',')
      current.next++
      begin(child)
    } else {
      parts.push(current.node.children.length > 0 ? ']}' : '}')
      open.pop()
    }
  }
  return parts.join('')
}
