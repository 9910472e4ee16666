/** How a graph of tasks is run. */
export interface GraphOptions {
  /** Tasks at a time. */
  readonly concurrency: number
  /**
   * After a failure: `halt` starts nothing more; `continue` goes on with what does not depend on the failed task.
   * Tasks that run are awaited either way.
   */
  readonly onFailure: 'halt' | 'continue'
  /** Asked before each start: the reason to start nothing more, such as a cancelled operation. */
  stopped(): boolean
}

export interface GraphResult {
  readonly failed: readonly string[]
  /** Those that were never started. */
  readonly skipped: readonly string[]
}

/**
 * Runs one task per node, each after those it depends on, independent ones in parallel.
 *
 * @param dependencies node to the nodes it depends on; those that are no keys count as done. Free of cycles
 * @param work one node's task; its failure is the node's
 */
export const runGraph = async (
  dependencies: ReadonlyMap<string, readonly string[]>,
  work: (node: string) => Promise<void>,
  options: GraphOptions,
): Promise<GraphResult> => {
  const waiting = new Map<string, number>()
  const dependents = new Map<string, string[]>()
  for (const [node, needs] of dependencies) {
    const open = [...new Set(needs)].filter(need => dependencies.has(need))
    waiting.set(node, open.length)
    for (const need of open) {
      const list = dependents.get(need)
      if (list) list.push(node)
      else dependents.set(need, [node])
    }
  }
  const ready = [...dependencies.keys()].filter(node => waiting.get(node) === 0)
  const started = new Set<string>()
  const failed: string[] = []
  const running = new Set<Promise<void>>()

  const run = async (node: string): Promise<void> => {
    try {
      await work(node)
    } catch {
      failed.push(node)
      return
    }
    for (const dependent of dependents.get(node) ?? []) {
      const left = (waiting.get(dependent) ?? 0) - 1
      waiting.set(dependent, left)
      if (left === 0) ready.push(dependent)
    }
  }

  const mayStart = (): boolean =>
    !options.stopped() && (options.onFailure === 'continue' || failed.length === 0)

  for (;;) {
    while (running.size < options.concurrency && ready.length > 0 && mayStart()) {
      const node = ready.shift() as string
      started.add(node)
      const task: Promise<void> = run(node).finally(() => running.delete(task))
      running.add(task)
    }
    if (running.size === 0) break
    await Promise.race(running)
  }
  return { failed, skipped: [...dependencies.keys()].filter(node => !started.has(node)) }
}

/** The same graph with its arrows turned: what depended on a node now comes before it. */
export const reversed = (dependencies: ReadonlyMap<string, readonly string[]>): Map<string, string[]> => {
  const turned = new Map<string, string[]>([...dependencies.keys()].reverse().map(node => [node, []]))
  for (const [node, needs] of dependencies) {
    for (const need of new Set(needs)) turned.get(need)?.push(node)
  }
  return turned
}
