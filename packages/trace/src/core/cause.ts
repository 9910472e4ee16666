/** Exceptions: one `cause` each, however many captures they fly through. */
import { detailsOf, type Entity, type RecordedException, type Trace } from './entity.ts'
import { newId } from './ids.ts'
import { shared } from './shared.ts'

/** Longest chain of `error.cause` that is followed. */
const MAX_CHAIN = 8

/** Exceptions of one entity beyond this are not recorded. */
const MAX_EXCEPTIONS = 10

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function'

const knownId = (trace: Trace, error: unknown): string | undefined => {
  if (!isObject(error)) return undefined
  const entry = shared.exceptions.get(error)
  // An error that is thrown again later (a cached rejection) is recorded once in each trace.
  return entry?.trace === trace ? entry.id : undefined
}

const causeOf = (error: unknown): unknown => {
  try {
    return error instanceof Error ? error.cause : undefined
  } catch {
    return undefined
  }
}

/** The exceptions of an error and of its causes, outermost first, ending at one that the trace has already. */
const chain = (trace: Trace, error: unknown, remote: boolean): RecordedException[] => {
  const links: { error: unknown; id: string }[] = []
  let next: unknown = error
  let end: string | undefined
  while (next !== undefined && next !== null && links.length < MAX_CHAIN) {
    end = knownId(trace, next)
    if (end !== undefined) break
    const id = newId()
    if (isObject(next)) shared.exceptions.set(next, { trace, id })
    links.push({ error: next, id })
    next = causeOf(next)
  }
  return links.map((link, index) => ({
    ...link,
    remote,
    cause: links[index + 1]?.id ?? (index === links.length - 1 ? end : undefined),
  }))
}

/**
 * Records an exception on an entity: whole where the trace sees it for the first time, as a reference to the exception's
 * id where a capture inside has it. Flags are the caller's.
 */
export const recordException = (entity: Entity, error: unknown, remote = false): void => {
  const details = detailsOf(entity)
  const below = details.thrownBelow
  const id =
    knownId(entity.trace, error) ??
    (below !== undefined && Object.is(below.value, error) ? below.id : undefined)
  if (id !== undefined) {
    if (!details.exceptions?.some(exception => exception.id === id)) details.causeId ??= id
    tellParent(entity, error, id)
    return
  }
  const exceptions = details.exceptions ?? []
  details.exceptions = exceptions
  if (exceptions.length >= MAX_EXCEPTIONS) return
  const recorded =
    error === undefined || error === null ? [bare(error, remote)] : chain(entity.trace, error, remote)
  exceptions.push(...recorded)
  const first = recorded[0]
  if (first) tellParent(entity, error, first.id)
}

const bare = (error: unknown, remote: boolean): RecordedException => ({
  id: newId(),
  error,
  remote,
  cause: undefined,
})

/** Values without identity are recognised by the capture around, by value. */
const tellParent = (entity: Entity, error: unknown, id: string): void => {
  if (isObject(error) || entity.parent === undefined || entity.parent.facade) return
  detailsOf(entity.parent).thrownBelow = { value: error, id }
}
