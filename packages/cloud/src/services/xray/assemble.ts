import type { SegmentDocument } from './segment-document.ts'

interface Node extends Record<string, unknown> {
  id?: unknown
  parent_id?: unknown
  trace_id?: unknown
  type?: unknown
  subsegments?: unknown
  start_time?: unknown
  end_time?: unknown
}

const subsegmentsOf = (node: Node): Node[] =>
  Array.isArray(node.subsegments)
    ? node.subsegments.filter((child): child is Node => typeof child === 'object' && child !== null)
    : []

/** All nodes under some, themselves included. Linear, and without recursion: a trace may be as deep as it likes. */
const descendants = (roots: readonly Node[]): Node[] => {
  const nodes = [...roots]
  for (let index = 0; index < nodes.length; index++) nodes.push(...subsegmentsOf(nodes[index] as Node))
  return nodes
}

/** Whose parents lead back to themselves: such documents can stand under none. */
const inCycles = (alone: ReadonlyMap<unknown, Node>): ReadonlySet<unknown> => {
  const cyclic = new Set<unknown>()
  const done = new Set<unknown>()
  for (const start of alone.keys()) {
    const path = new Set<unknown>()
    let id: unknown = start
    while (alone.has(id) && !done.has(id) && !path.has(id)) {
      path.add(id)
      id = alone.get(id)?.parent_id
    }
    // From where the path met itself on, it is a cycle.
    let within = false
    for (const seen of path) {
      within ||= seen === id
      if (within) cyclic.add(seen)
      done.add(seen)
    }
  }
  return cyclic
}

/** What was sent alone completes what was embedded while it was in progress. */
const complete = (embedded: Node, alone: Node): void => {
  if (embedded.in_progress !== true || alone.in_progress === true) return
  const subsegments = [...subsegmentsOf(embedded), ...subsegmentsOf(alone)]
  const { parent_id: _parent, trace_id: _trace, type: _type, ...members } = alone
  delete embedded.in_progress
  Object.assign(embedded, members, subsegments.length > 0 && { subsegments })
}

/**
 * Puts subsegments that were sent alone under their parents, as BatchGetTraces returns them. One whose parent has not
 * arrived stands alone. Of a subsegment that came both embedded and alone, the one that is complete stays.
 *
 * @param documents with different ids; they are changed
 */
export const assemble = (documents: readonly SegmentDocument[]): SegmentDocument[] => {
  const nodes = documents as unknown as Node[]
  const embedded = new Map<unknown, Node>()
  for (const node of descendants(nodes).slice(nodes.length)) embedded.set(node.id, node)
  const alone = new Map<unknown, Node>()
  const standing = new Set<Node>()
  for (const node of nodes) {
    const inside = node.type === 'subsegment' ? embedded.get(node.id) : undefined
    if (inside) complete(inside, node)
    else standing.add(node)
    if (!inside && node.type === 'subsegment') alone.set(node.id, node)
  }
  const parents = new Map<unknown, Node>(embedded)
  for (const node of standing) parents.set(node.id, node)
  const cyclic = inCycles(alone)
  for (const [id, node] of alone) {
    const parent = cyclic.has(id) ? undefined : parents.get(node.parent_id)
    if (!parent) continue
    parent.subsegments = [...subsegmentsOf(parent), node]
    standing.delete(node)
    // Where it stands says where it belongs.
    for (const member of ['parent_id', 'trace_id', 'type']) delete node[member]
  }
  return [...standing] as unknown as SegmentDocument[]
}

/** From the earliest start to the latest end of all segments, in seconds. */
export const durationOf = (documents: readonly SegmentDocument[]): number => {
  let start = Number.POSITIVE_INFINITY
  let end = Number.NEGATIVE_INFINITY
  for (const { start_time, end_time } of documents) {
    start = Math.min(start, start_time)
    end = Math.max(end, end_time ?? start_time)
  }
  return documents.length === 0 ? 0 : end - start
}
