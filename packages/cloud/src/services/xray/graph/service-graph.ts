import type { Service } from '@aws-sdk/client-xray'
import { CLIENT, type ServiceKey, serviceKeyText } from './service-node.ts'
import {
  addRequests,
  addToHistogram,
  emptyTally,
  histogramEntries,
  type Requests,
  statusOfFlags,
  summaryStatistics,
  type Tally,
} from './statistics.ts'
import type { Call, Visit } from './visits.ts'

interface EdgeTally extends Tally {
  readonly target: ServiceTally
}

interface ServiceTally extends Tally {
  readonly service: ServiceKey
  readonly durations: Map<number, number>
  readonly edges: Map<ServiceTally, EdgeTally>
  root: boolean
  /** It has sent segments itself. */
  active: boolean
  start: number
  end: number
}

/** What is common to the visits that are counted together. */
export interface VisitsOfService {
  readonly start: number
  readonly end: number
  readonly root: boolean
  readonly active: boolean
}

/** Collects visits, one by one or counted already, and draws them as services and edges. */
export interface ServiceGraph {
  /** `requests` is absent where they have not ended. */
  addVisits(service: ServiceKey, visits: VisitsOfService, requests?: Requests): void
  addDurations(service: ServiceKey, milliseconds: number, count: number): void
  /** What `source` saw of its calls. */
  addCalls(source: ServiceKey, target: ServiceKey, requests?: Requests): void
  services(): Service[]
}

const wholeSeconds = (start: number, end: number) => ({
  StartTime: new Date(Math.floor(start) * 1_000),
  EndTime: new Date(Math.ceil(end) * 1_000),
})

/** A client is seen only through its calls, so its times are theirs. */
const widenClients = (tallies: Iterable<ServiceTally>): void => {
  for (const tally of tallies) {
    for (const { target } of tally.edges.values()) {
      if (tally.service.type !== CLIENT) continue
      tally.start = Math.min(tally.start, target.start)
      tally.end = Math.max(tally.end, target.end)
    }
  }
}

const drawService = (tally: ServiceTally, numbers: ReadonlyMap<ServiceTally, number>): Service => {
  const { service, root, active, edges, start, end, durations, histogram } = tally
  const times = wholeSeconds(start, end)
  return {
    ReferenceId: numbers.get(tally),
    Name: service.name,
    Names: [service.name],
    ...(root && { Root: true }),
    ...(service.account !== undefined && { AccountId: service.account }),
    ...(service.type !== undefined && { Type: service.type }),
    State: active ? 'active' : 'unknown',
    ...times,
    Edges: Array.from(edges.values(), edge => ({
      ReferenceId: numbers.get(edge.target),
      // In the service's answers an edge has the times of its caller.
      ...times,
      SummaryStatistics: summaryStatistics(edge),
      ResponseTimeHistogram: histogramEntries(edge.histogram),
      Aliases: [],
    })),
    ...(service.type !== CLIENT && {
      SummaryStatistics: summaryStatistics(tally),
      DurationHistogram: histogramEntries(durations),
      ResponseTimeHistogram: histogramEntries(histogram),
    }),
  }
}

export const createServiceGraph = (): ServiceGraph => {
  const tallies = new Map<string, ServiceTally>()

  const tallyOf = (service: ServiceKey): ServiceTally => {
    const key = serviceKeyText(service)
    let tally = tallies.get(key)
    if (!tally) {
      tally = {
        ...emptyTally(),
        service,
        durations: new Map(),
        edges: new Map(),
        root: false,
        active: false,
        start: Number.POSITIVE_INFINITY,
        end: Number.NEGATIVE_INFINITY,
      }
      tallies.set(key, tally)
    }
    return tally
  }

  return {
    addVisits: (service, { start, end, root, active }, requests) => {
      const tally = tallyOf(service)
      tally.root ||= root
      tally.active ||= active
      tally.start = Math.min(tally.start, start)
      tally.end = Math.max(tally.end, end)
      if (requests) addRequests(tally, requests)
    },
    addDurations: (service, milliseconds, count) => {
      addToHistogram(tallyOf(service).durations, milliseconds, count)
    },
    addCalls: (source, target, requests) => {
      const { edges } = tallyOf(source)
      const to = tallyOf(target)
      let edge = edges.get(to)
      if (!edge) {
        edge = { ...emptyTally(), target: to }
        edges.set(to, edge)
      }
      if (requests) addRequests(edge, requests)
    },
    services: () => {
      widenClients(tallies.values())
      // A caller of which nothing else is seen in the time asked for is not shown without its times.
      const shown = [...tallies.values()].filter(({ start }) => Number.isFinite(start))
      const numbers = new Map(shown.map((tally, number) => [tally, number]))
      return shown.map(tally => drawService(tally, numbers))
    },
  }
}

export const millisecondsOf = (seconds: number): number => Math.round(seconds * 1_000)

const requestsOf = ({ flags, responseTime }: Call): Requests | undefined =>
  responseTime === undefined
    ? undefined
    : {
        status: statusOfFlags(flags),
        milliseconds: millisecondsOf(responseTime),
        count: 1,
        total: responseTime,
      }

/** Adds one visit with the call that led to it. */
export const addVisit = (graph: ServiceGraph, visit: Visit): void => {
  const { service, source, inferred, start, end, root, duration } = visit
  graph.addVisits(service, { start, end, root, active: !inferred }, requestsOf(visit))
  if (duration !== undefined) graph.addDurations(service, millisecondsOf(duration), 1)
  if (source) graph.addCalls(source, service, requestsOf(visit.call))
}
