/** Finds the resource for a path. Built once for a deployment; matching allocates nothing but the parameters. */

interface Node<T> {
  readonly statics: Map<string, Node<T>>
  variable: { readonly name: string; readonly node: Node<T> } | undefined
  greedy: { readonly name: string; readonly methods: Map<string, T> } | undefined
  readonly methods: Map<string, T>
}

export interface RouteMatch<T> {
  readonly target: T
  /** Undecoded, as API Gateway hands them on; `undefined` where the path has none. */
  readonly pathParameters: Readonly<Record<string, string>> | undefined
}

export interface Route<T> {
  /** `/pets/{petId}/{proxy+}` */
  readonly path: string
  /** A verb or `ANY`. */
  readonly verb: string
  readonly target: T
}

const createNode = <T>(): Node<T> => ({
  statics: new Map(),
  variable: undefined,
  greedy: undefined,
  methods: new Map(),
})

const segmentsOf = (path: string): string[] => (path === '/' ? [] : path.slice(1).split('/'))

const insert = <T>(root: Node<T>, { path, verb, target }: Route<T>): void => {
  let node = root
  for (const segment of segmentsOf(path)) {
    if (segment.endsWith('+}')) {
      node.greedy ??= { name: segment.slice(1, -2), methods: new Map() }
      node.greedy.methods.set(verb, target)
      return
    }
    if (segment.startsWith('{')) {
      node.variable ??= { name: segment.slice(1, -1), node: createNode<T>() }
      node = node.variable.node
    } else {
      let next = node.statics.get(segment)
      if (!next) {
        next = createNode<T>()
        node.statics.set(segment, next)
      }
      node = next
    }
  }
  node.methods.set(verb, target)
}

const pick = <T>(methods: Map<string, T>, verb: string): T | undefined =>
  methods.get(verb) ?? methods.get('ANY')

/**
 * A matcher for a set of routes. A static segment beats a variable, a variable beats a greedy one, a verb beats
 * `ANY`; a more specific resource without the verb gives way to a less specific one that has it (recorded from AWS).
 * A trailing slash does not matter.
 */
export class Router<T> {
  readonly #root = createNode<T>()
  /** Paths without variables, which are most, in one look-up. */
  readonly #exact = new Map<string, Map<string, T>>()

  constructor(routes: ReadonlyArray<Route<T>>) {
    for (const route of routes) {
      insert(this.#root, route)
      if (route.path.includes('{')) continue
      const methods = this.#exact.get(route.path) ?? new Map<string, T>()
      methods.set(route.verb, route.target)
      this.#exact.set(route.path, methods)
    }
  }

  /** @param path undecoded, with a leading slash and without the query string */
  match(path: string, verb: string): RouteMatch<T> | undefined {
    const exact = this.#exact.get(path)
    const direct = exact && pick(exact, verb)
    if (direct !== undefined) return { target: direct, pathParameters: undefined }
    const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
    return find(this.#root, segmentsOf(trimmed), 0, verb, undefined)
  }
}

interface Bound {
  readonly name: string
  readonly value: string
  readonly previous: Bound | undefined
}

const find = <T>(
  node: Node<T>,
  segments: readonly string[],
  index: number,
  verb: string,
  bound: Bound | undefined,
): RouteMatch<T> | undefined => {
  const segment = segments[index]
  if (segment === undefined) {
    const target = pick(node.methods, verb)
    return target === undefined ? undefined : { target, pathParameters: parametersOf(bound) }
  }
  const next = node.statics.get(segment)
  const found = next && find(next, segments, index + 1, verb, bound)
  if (found) return found
  if (node.variable && segment !== '') {
    const { name, node: below } = node.variable
    const matched = find(below, segments, index + 1, verb, { name, value: segment, previous: bound })
    if (matched) return matched
  }
  if (!node.greedy) return undefined
  const target = pick(node.greedy.methods, verb)
  if (target === undefined) return undefined
  const value = segments.slice(index).join('/')
  return { target, pathParameters: parametersOf({ name: node.greedy.name, value, previous: bound }) }
}

const parametersOf = (bound: Bound | undefined): Record<string, string> | undefined => {
  if (!bound) return undefined
  const parameters: Record<string, string> = {}
  for (let each: Bound | undefined = bound; each; each = each.previous) parameters[each.name] = each.value
  return parameters
}
