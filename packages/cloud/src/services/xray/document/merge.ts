import { type Entity, endOf, isRunning } from './entity.ts'

/** A segment or subsegment in its place in the trace. */
export interface EntityNode {
  /** The version that counts. Its own `subsegments` are to be ignored in favour of `children`. */
  entity: Entity
  isSegment: boolean
  /** Of a segment: what called it, which may not be known here. Of a subsegment: what it is under. */
  parentId: string | undefined
  /** The node it stands under. Absent on segments and on subsegments whose parent has not arrived. */
  parent: EntityNode | undefined
  /** The segment or parentless subsegment at the top of its tree; itself for these. */
  top: EntityNode
  /** By start, then id. */
  children: EntityNode[]
  /** Of itself and all under it, in seconds since the epoch: what is under it may lie outside of its own times. */
  earliest: number
  latest: number
  /** Itself or something under it is in progress. */
  partial: boolean
}

/** All that is known of one trace, each entity once. */
export interface MergedTrace {
  readonly nodes: ReadonlyMap<string, EntityNode>
  /** By start, then id. */
  readonly segments: readonly EntityNode[]
  /** Subsegments whose parent has not arrived; as when a function sends its own and its platform has not yet. */
  readonly orphans: readonly EntityNode[]
}

/**
 * Whether a version of an entity takes the place of another that came before. What is complete is never undone by a
 * late report of progress; of two that are complete the one with the later end, so that the order in which they come
 * matters only between equals.
 */
const supersedes = (next: Entity, present: Entity): boolean => {
  const [running, wasRunning] = [isRunning(next), isRunning(present)]
  return running === wasRunning ? endOf(next) >= endOf(present) : wasRunning
}

const byStart = (a: EntityNode, b: EntityNode): number =>
  a.entity.start_time - b.entity.start_time || (a.entity.id < b.entity.id ? -1 : 1)

const newNode = (entity: Entity, parentId: string | undefined, isSegment: boolean): EntityNode => {
  const node: Omit<EntityNode, 'top'> & { top: EntityNode | undefined } = {
    entity,
    isSegment,
    parentId,
    parent: undefined,
    top: undefined,
    children: [],
    earliest: 0,
    latest: 0,
    partial: false,
  }
  node.top = node as EntityNode
  return node as EntityNode
}

const addNode = (
  nodes: Map<string, EntityNode>,
  entity: Entity,
  parentId: string | undefined,
  isSegment: boolean,
): void => {
  const present = nodes.get(entity.id)
  if (!present) {
    const node = newNode(entity, parentId, isSegment)
    nodes.set(entity.id, node)
    return
  }
  // A segment that shares its id with a subsegment stays one.
  if (present.isSegment && !isSegment) return
  if (isSegment && !present.isSegment) {
    present.isSegment = true
    present.entity = entity
    present.parentId = parentId
  } else if (supersedes(entity, present.entity)) {
    present.entity = entity
    present.parentId = parentId ?? present.parentId
  }
}

const collect = (documents: readonly Entity[]): Map<string, EntityNode> => {
  const nodes = new Map<string, EntityNode>()
  const pending: Entity[] = []
  for (const document of documents) {
    addNode(nodes, document, document.parent_id ?? undefined, document.type !== 'subsegment')
    pending.push(document)
    for (let entity = pending.pop(); entity; entity = pending.pop()) {
      for (const child of entity.subsegments ?? []) {
        addNode(nodes, child, entity.id, false)
        if (child.subsegments) pending.push(child)
      }
    }
  }
  return nodes
}

/** Parents come before their children here; so backwards all under a node is known when it is reached. */
const addUp = (nodes: readonly EntityNode[]): void => {
  for (let index = nodes.length - 1; index >= 0; index--) {
    const node = nodes[index] as EntityNode
    const { entity } = node
    node.earliest = entity.start_time
    node.latest = endOf(entity)
    node.partial = isRunning(entity)
    for (const child of node.children) {
      if (child.earliest < node.earliest) node.earliest = child.earliest
      if (child.latest > node.latest) node.latest = child.latest
      if (child.partial) node.partial = true
    }
  }
}

/** Marks all under `top` as its own. Returns how many there are, itself included. */
const claim = (top: EntityNode): number => {
  const pending = [top]
  for (let index = 0; index < pending.length; index++) {
    const node = pending[index] as EntityNode
    node.top = top
    if (node.children.length > 1) node.children.sort(byStart)
    for (const child of node.children) pending.push(child)
  }
  addUp(pending)
  return pending.length
}

/** Subsegments that name each other as parents hang from no segment: one of each circle is cut loose. */
const cutCircles = (nodes: Iterable<EntityNode>, reached: ReadonlySet<EntityNode>): EntityNode[] => {
  const cut: EntityNode[] = []
  const done = new Set<EntityNode>()
  for (const start of nodes) {
    if (reached.has(start.top) || done.has(start)) continue
    // Upwards from here everything leads into the circle.
    const seen = new Set<EntityNode>()
    let node = start
    while (node.parent && !seen.has(node) && !done.has(node)) {
      seen.add(node)
      node = node.parent
    }
    if (!done.has(node) && node.parent) {
      const { parent } = node
      parent.children = parent.children.filter(child => child !== node)
      node.parent = undefined
      cut.push(node)
    }
    for (const one of seen) done.add(one)
    done.add(node)
  }
  return cut
}

/**
 * Puts the documents of one trace together, as X-Ray does: each entity once, its complete version before one in
 * progress, subsegments that were sent alone under their parents in whatever order they came, children united where an
 * entity came more than once. Linear, apart from the sorting of siblings, and without recursion.
 *
 * @param documents checked by intake; not changed
 */
export const mergeDocuments = (documents: readonly Entity[]): MergedTrace => {
  const nodes = collect(documents)
  const segments: EntityNode[] = []
  const orphans: EntityNode[] = []
  for (const node of nodes.values()) {
    const parent = node.parentId === undefined ? undefined : nodes.get(node.parentId)
    if (node.isSegment) segments.push(node)
    else if (!parent || parent === node) orphans.push(node)
    else {
      node.parent = parent
      parent.children.push(node)
    }
  }
  let reached = 0
  for (const top of segments) reached += claim(top)
  for (const top of orphans) reached += claim(top)
  if (reached < nodes.size) {
    for (const top of cutCircles(nodes.values(), new Set([...segments, ...orphans]))) {
      claim(top)
      orphans.push(top)
    }
  }
  segments.sort(byStart)
  orphans.sort(byStart)
  return { nodes, segments, orphans }
}
