/**
 * Sorts a graph so that what is depended on comes first; equals keep their order.
 *
 * @param dependencies node to the nodes it depends on, all of which are keys
 * @returns the order, or the nodes that are in a cycle or depend on one
 */
export const dependencyOrder = (
  dependencies: ReadonlyMap<string, readonly string[]>,
): { readonly order: string[] } | { readonly cycle: string[] } => {
  const waiting = new Map<string, number>()
  const dependents = new Map<string, string[]>()
  for (const [node, needs] of dependencies) {
    const unique = new Set(needs)
    waiting.set(node, unique.size)
    for (const need of unique) dependents.set(need, [...(dependents.get(need) ?? []), node])
  }
  const order = [...dependencies.keys()].filter(node => waiting.get(node) === 0)
  for (const node of order) {
    for (const dependent of dependents.get(node) ?? []) {
      const left = (waiting.get(dependent) ?? 0) - 1
      waiting.set(dependent, left)
      // The list grows while it is walked: that is the queue.
      if (left === 0) order.push(dependent)
    }
  }
  if (order.length === dependencies.size) return { order }
  const done = new Set(order)
  return { cycle: onlyCycles(dependencies, dependents, done) }
}

/** Drops what merely waits for a cycle: nodes that no other remaining node needs. */
const onlyCycles = (
  dependencies: ReadonlyMap<string, readonly string[]>,
  dependents: ReadonlyMap<string, readonly string[]>,
  done: ReadonlySet<string>,
): string[] => {
  const left = new Set([...dependencies.keys()].filter(node => !done.has(node)))
  for (let size = -1; size !== left.size; ) {
    size = left.size
    for (const node of left) {
      if (!(dependents.get(node) ?? []).some(dependent => left.has(dependent))) left.delete(node)
    }
  }
  return [...left]
}
