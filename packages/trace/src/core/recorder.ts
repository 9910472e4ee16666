/** When what is sent: at a segment's end off the request path, at a Lambda subsegment's end at once. */
import { now } from './clock.ts'
import { type Sink, writeTree } from './documents.ts'
import { drop, emit, settled } from './emitter.ts'
import type { Entity, Trace } from './entity.ts'
import { settings } from './settings.ts'

/** Trees that wait to be written; beyond, new ones are dropped and counted. */
const MAX_QUEUED_TREES = 2000

/** Trees written in one turn of the event loop. */
const TREES_PER_TURN = 32

let queue: Entity[] = []
let scheduled = false
let sink: Sink = emit

const write = (tree: Entity): void => {
  try {
    const { closed, lost } = writeTree(tree, sink)
    tree.trace.pending -= closed
    if (lost > 0) drop(lost, 'too large for a document')
  } catch (error) {
    drop(1, error instanceof Error ? error.message : String(error))
  }
}

const turn = (): void => {
  scheduled = false
  const trees = queue.splice(0, TREES_PER_TURN)
  for (const tree of trees) write(tree)
  if (queue.length > 0) schedule()
}

const schedule = (): void => {
  if (scheduled) return
  scheduled = true
  // Referenced: a process that ends by itself sends what it has.
  setImmediate(turn)
}

const enqueue = (tree: Entity): void => {
  if (queue.length >= MAX_QUEUED_TREES) {
    drop(1, 'too many segments wait to be sent')
    return
  }
  queue.push(tree)
  schedule()
}

/** Sends everything that is closed now. Resolves when the operating system has it. */
export const flush = (): Promise<void> => {
  const trees = queue
  queue = []
  for (const tree of trees) write(tree)
  return settled()
}

/** Puts another receiver in the place of the UDP socket: for benchmarks and tests. Returns the way back. */
export const replaceSink = (replacement: Sink): (() => void) => {
  sink = replacement
  return () => {
    sink = emit
  }
}

/** Sends the closed subtrees below an open root ahead, so that a long request neither grows nor is lost whole. */
const stream = (root: Entity, trace: Trace): void => {
  const stack = [root]
  for (let open = stack.pop(); open; open = stack.pop()) {
    const { children } = open
    if (!children) continue
    const still: Entity[] = []
    for (const child of children) {
      if (child.sent) continue
      if (child.end === 0) {
        still.push(child)
        stack.push(child)
      } else {
        write(child)
      }
    }
    open.children = still.length > 0 ? still : undefined
  }
  // Where open subsegments hold much back (they do not here, they are merely many), do not walk them at every close.
  trace.streamAt = Math.max(settings().streamingThreshold, trace.pending + settings().streamingThreshold)
}

const rootOf = (entity: Entity): Entity => {
  let root = entity
  while (root.parent && !root.parent.facade) root = root.parent
  return root
}

/** Ends a subsegment or segment, now or at a time of the monotonic clock; a second call changes nothing. */
export const closeEntity = (entity: Entity, end: number = now()): void => {
  if (entity.end !== 0) return
  // Where a start lies ahead of its end (given times), X-Ray would refuse the document.
  entity.end = end < entity.start ? entity.start : end
  const { parent, trace } = entity
  if (parent === undefined) {
    enqueue(entity)
    return
  }
  trace.pending++
  if (parent.facade) {
    // Lambda may freeze the environment as soon as the handler's promise is settled.
    write(entity)
  } else if (entity.sent || parent.sent) {
    // The parent's document has gone out, without this or with this in progress.
    entity.sent = false
    enqueueLate(entity)
  } else if (trace.pending > trace.streamAt) {
    stream(rootOf(entity), trace)
  }
}

const enqueueLate = (entity: Entity): void => {
  if (settings().inLambda) write(entity)
  else enqueue(entity)
}
