import type { ErrorRootCause, ResponseTimeRootCause, RootCauseException } from '@aws-sdk/client-xray'
import { type Entity, objectOf, responseTimeOf, textOf } from '../document/entity.ts'
import type { EntityNode, MergedTrace } from '../document/merge.ts'
import { inferredServiceOf, isCall, type ServiceKey, serviceOf } from '../graph/service-node.ts'

/**
 * Ours, as the service's thresholds are not published: a child explains its parent's time when it takes so much of the
 * whole response, and more than half of its parent.
 */
const LEAST_COVERAGE = 0.3
const LEAST_SHARE = 0.5
/** Ours: more causes than these, or entities on the way to one, are left out of a summary; the trace has them all. */
const MAX_CAUSES = 20
export const MAX_PATH = 100

/** From the root segment to the culprit. Segments called by the one before follow it. */
type Path = readonly EntityNode[]

/** Segments by the id of the entity that called them. */
type Callees = ReadonlyMap<string, readonly EntityNode[]>

const calleesOf = (trace: MergedTrace): Callees => {
  const callees = new Map<string, EntityNode[]>()
  for (const node of trace.segments) {
    if (node.parentId === undefined || node.parentId === node.entity.id) continue
    const present = callees.get(node.parentId)
    if (present) present.push(node)
    else callees.set(node.parentId, [node])
  }
  return callees
}

const below = (node: EntityNode, callees: Callees): readonly EntityNode[] => {
  const called = callees.get(node.entity.id)
  return called ? [...node.children, ...called] : node.children
}

interface CauseService<E> {
  readonly Name: string
  readonly Names: string[]
  readonly Type?: string
  readonly AccountId?: string
  readonly EntityPath: E[]
  readonly Inferred: boolean
}

const causeService = <E>({ name, type, account }: ServiceKey, Inferred: boolean): CauseService<E> => ({
  Name: name,
  Names: [name],
  ...(type !== undefined && { Type: type }),
  ...(account !== undefined && { AccountId: account }),
  EntityPath: [],
  Inferred,
})

/** Splits a path into the services it leads through, the last of which may be inferred. */
const servicesOf = <E>(
  path: Path,
  callees: Callees,
  describe: (node: EntityNode, remote: boolean) => E,
): Array<CauseService<E>> => {
  const services: Array<CauseService<E>> = []
  for (const node of path.slice(0, MAX_PATH)) {
    if (node.isSegment || services.length === 0) {
      const service = node.isSegment ? serviceOf(node.entity) : serviceOf(node.top.entity)
      services.push(causeService(service, node.entity.inferred === true))
    }
    services.at(-1)?.EntityPath.push(describe(node, !node.isSegment && isCall(node.entity)))
  }
  const last = path.at(-1)
  if (
    last &&
    path.length <= MAX_PATH &&
    !last.isSegment &&
    isCall(last.entity) &&
    !callees.has(last.entity.id)
  ) {
    const inferred = causeService<E>(inferredServiceOf(last.entity), true)
    inferred.EntityPath.push(describe(last, false))
    services.push(inferred)
  }
  return services
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000

/** Whether an entity's time explains that of the one above it, and with it the time that the root took (all in seconds). */
export const explains = (time: number, above: number, whole: number): boolean =>
  round(time / whole) >= LEAST_COVERAGE && time > LEAST_SHARE * above

const slowest = (nodes: readonly EntityNode[]): EntityNode | undefined => {
  let most: EntityNode | undefined
  for (const node of nodes) {
    if (!most || responseTimeOf(node.entity) > responseTimeOf(most.entity)) most = node
  }
  return most
}

const slowPath = (root: EntityNode, callees: Callees): Path => {
  const whole = responseTimeOf(root.entity)
  const path = [root]
  const seen = new Set(path)
  for (let node = root; ; ) {
    const next = slowest(below(node, callees))
    if (!next || seen.has(next)) return path
    if (!explains(responseTimeOf(next.entity), responseTimeOf(node.entity), whole)) return path
    seen.add(next)
    path.push(next)
    node = next
  }
}

export const exceptionsOf = (entity: Entity): RootCauseException[] => {
  const { exceptions } = objectOf(entity.cause)
  if (!Array.isArray(exceptions)) return []
  return exceptions.map(exception => {
    const { type, message } = objectOf(exception)
    return { Name: textOf(type) ?? '', Message: textOf(message) ?? '' }
  })
}

/** The ways to all entities that carry the flag with nothing below them that does. */
const flaggedPaths = (roots: readonly EntityNode[], flag: 'fault' | 'error', callees: Callees): Path[] => {
  const from = new Map<EntityNode, EntityNode | undefined>()
  for (const root of roots) from.set(root, undefined)
  // A map is walked in the order in which it grows: parents before what is below them.
  for (const node of from.keys()) {
    for (const next of below(node, callees)) if (!from.has(next)) from.set(next, node)
  }
  const leading = new Set<EntityNode>()
  const ends: EntityNode[] = []
  for (const node of [...from.keys()].reverse()) {
    const flagged = node.entity[flag] === true
    if (flagged && !leading.has(node)) ends.push(node)
    const parent = from.get(node)
    if (parent && (flagged || leading.has(node))) leading.add(parent)
  }
  ends.reverse().splice(MAX_CAUSES)
  return ends.map(end => {
    const path: EntityNode[] = []
    for (let node: EntityNode | undefined = end; node; node = from.get(node)) path.push(node)
    return path.reverse()
  })
}

/** The root causes of a trace as the ways to them. */
interface CausePaths {
  readonly callees: Callees
  readonly fault: readonly Path[]
  readonly error: readonly Path[]
  /** Absent where the root took no time. */
  readonly responsetime: Path | undefined
}

const isAnywhere = ({ nodes }: MergedTrace, flag: 'fault' | 'error'): boolean => {
  for (const { entity } of nodes.values()) if (entity[flag] === true) return true
  return false
}

const causePaths = (trace: MergedTrace, root: EntityNode | undefined): CausePaths => {
  const callees = calleesOf(trace)
  const roots = root ? [root] : [...trace.orphans]
  return {
    callees,
    fault: isAnywhere(trace, 'fault') ? flaggedPaths(roots, 'fault', callees) : [],
    error: isAnywhere(trace, 'error') ? flaggedPaths(roots, 'error', callees) : [],
    responsetime: root && responseTimeOf(root.entity) > 0 ? slowPath(root, callees) : undefined,
  }
}

const isImpacting = (path: Path, flag: 'fault' | 'error'): boolean => path[0]?.entity[flag] === true

const flaggedCauses = (paths: readonly Path[], flag: 'fault' | 'error', callees: Callees): ErrorRootCause[] =>
  paths.map(path => ({
    Services: servicesOf(path, callees, (node, Remote) => ({
      Name: node.entity.name,
      Exceptions: exceptionsOf(node.entity),
      Remote,
    })),
    ClientImpacting: isImpacting(path, flag),
  }))

const responseTimeCauses = (path: Path, callees: Callees): ResponseTimeRootCause[] => {
  const whole = path[0] ? responseTimeOf(path[0].entity) : 0
  const Services = servicesOf(path, callees, (node, Remote) => ({
    Name: node.entity.name,
    Coverage: round(responseTimeOf(node.entity) / whole),
    Remote,
  }))
  return [{ Services, ClientImpacting: true }]
}

/**
 * Why a trace was slow, and where its faults and errors began: paths from the service that the request entered to the
 * culprit. AWS publishes the form of these and not how they are found; here a response time is followed down the child
 * that takes most of it, and a fault to the deepest entities that carry it.
 *
 * @param root the segment that the request entered by
 */
export const rootCauses = (trace: MergedTrace, root: EntityNode | undefined) => {
  const { callees, fault, error, responsetime } = causePaths(trace, root)
  return {
    faultCauses: flaggedCauses(fault, 'fault', callees),
    errorCauses: flaggedCauses(error, 'error', callees),
    responseTimeCauses: responsetime ? responseTimeCauses(responsetime, callees) : [],
  }
}

/** With its length, so that texts one after the other can be taken for no others. */
const part = (text: string | undefined): string => (text === undefined ? '-' : `${text.length}:${text}`)

const serviceText = ({ name, type, account }: ServiceKey, inferred: boolean): string =>
  `\n${inferred ? '?' : ''}${part(name)}${part(type)}${part(account)}`

const pathText = (path: Path, callees: Callees): string => {
  let text = ''
  for (const { Name, Type, AccountId, Inferred, EntityPath } of servicesOf(path, callees, (node, remote) =>
    remote ? `@${part(node.entity.name)}` : part(node.entity.name),
  )) {
    text += serviceText({ name: Name, type: Type, account: AccountId }, Inferred) + EntityPath.join('')
  }
  return text
}

/**
 * A text that traces share whose root causes are the same but for their coverage and their exceptions: few such texts
 * tell the causes of many traces.
 */
export const causesText = (trace: MergedTrace, root: EntityNode | undefined): string => {
  const { callees, fault, error, responsetime } = causePaths(trace, root)
  let text = responsetime ? pathText(responsetime, callees) : ''
  for (const path of fault) text += `\nfault ${isImpacting(path, 'fault')}${pathText(path, callees)}`
  for (const path of error) text += `\nerror ${isImpacting(path, 'error')}${pathText(path, callees)}`
  return text
}
