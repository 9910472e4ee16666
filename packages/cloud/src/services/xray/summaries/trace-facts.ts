import type { ErrorRootCause, Http, ResponseTimeRootCause } from '@aws-sdk/client-xray'
import { type Entity, textAt, textOf } from '../document/entity.ts'
import type { CauseKind } from '../filter/ast.ts'
import type {
  AnnotationValue,
  CallFacts,
  EdgeFacts,
  HttpFacts,
  NodeFacts,
  RootCauseFacts,
  SegmentFacts,
  ServiceFacts,
  TraceFacts,
} from '../filter/trace-facts.ts'
import { type ServiceKey, serviceKeyText } from '../graph/service-node.ts'
import { type Call, ERROR, FAULT, PARTIAL, THROTTLE, type Visit } from '../graph/visits.ts'
import type { TraceDigest } from './digest.ts'
import { httpOf } from './http.ts'

const nodeFacts = ({ name, type, account }: ServiceKey): NodeFacts => ({
  names: [name],
  ...(type !== undefined && { type }),
  ...(account !== undefined && { accountId: account }),
})

const httpFacts = (http: Http | undefined): HttpFacts => ({
  ...(http?.HttpURL !== undefined && { url: http.HttpURL }),
  ...(http?.HttpMethod !== undefined && { method: http.HttpMethod }),
  ...(http?.UserAgent !== undefined && { userAgent: http.UserAgent }),
  ...(http?.ClientIp !== undefined && { clientIp: http.ClientIp }),
  ...(http?.HttpStatus !== undefined && { status: http.HttpStatus }),
})

const callFacts = ({ flags, responseTime, duration }: Call, entity: Entity): CallFacts => ({
  ok: (flags & (FAULT | ERROR | THROTTLE)) === 0,
  error: (flags & ERROR) !== 0,
  throttle: (flags & THROTTLE) !== 0,
  fault: (flags & FAULT) !== 0,
  partial: (flags & PARTIAL) !== 0,
  ...(responseTime !== undefined && { responseTime }),
  ...(duration !== undefined && { duration }),
  http: httpFacts(httpOf(entity.http)),
})

const segmentFacts = (visit: Visit): SegmentFacts => {
  const { entity } = visit.node
  const user = textOf(entity.user)
  const resourceArn = textOf(entity.resource_arn)
  const instanceId = textAt(entity, 'aws', 'ec2', 'instance_id')
  const availabilityZone = textAt(entity, 'aws', 'ec2', 'availability_zone')
  return {
    ...callFacts(visit, entity),
    inferred: visit.inferred,
    root: visit.root,
    ...(user !== undefined && { user }),
    ...(resourceArn !== undefined && { resourceArn }),
    ...(instanceId !== undefined && { instanceId }),
    ...(availabilityZone !== undefined && { availabilityZone }),
  }
}

export const causeFacts = (causes: ReadonlyArray<ErrorRootCause | ResponseTimeRootCause>): RootCauseFacts[] =>
  causes.map(({ Services = [], ClientImpacting = false }) => ({
    clientImpacting: ClientImpacting,
    services: Services.map(({ Name = '', Type, AccountId, Inferred = false, EntityPath = [] }) => ({
      ...nodeFacts({ name: Name, type: Type, account: AccountId }),
      inferred: Inferred,
      entityPath: EntityPath.map(entity => {
        const { Coverage: coverage, Exceptions = [] } = {
          Coverage: undefined,
          Exceptions: undefined,
          ...entity,
        }
        return {
          name: entity.Name ?? '',
          remote: entity.Remote === true,
          ...(coverage !== undefined && { coverage }),
          exceptions: Exceptions.map(({ Name: name, Message: message }) => ({
            ...(name !== undefined && { name }),
            ...(message !== undefined && { message }),
          })),
        }
      }),
    })),
  }))

const annotationFacts = ({ annotations }: TraceDigest): ReadonlyMap<string, readonly AnnotationValue[]> => {
  const found = new Map<string, AnnotationValue[]>()
  for (const { key, value } of annotations) {
    const present = found.get(key)
    if (present) present.push(value)
    else found.set(key, [value])
  }
  return found
}

const graphFacts = (visits: readonly Visit[]) => {
  const services = new Map<string, ServiceFacts & { readonly segments: SegmentFacts[] }>()
  const edges = new Map<string, EdgeFacts & { readonly calls: CallFacts[] }>()
  const serviceFacts = (key: ServiceKey) => {
    const text = serviceKeyText(key)
    let service = services.get(text)
    if (!service) {
      service = { ...nodeFacts(key), segments: [] }
      services.set(text, service)
    }
    return service
  }
  for (const visit of visits) {
    const { service, source, call, caller, root } = visit
    serviceFacts(service).segments.push(segmentFacts(visit))
    if (!source) continue
    if (root) serviceFacts(source)
    const key = `${serviceKeyText(source)}\0\0${serviceKeyText(service)}`
    let edge = edges.get(key)
    if (!edge) {
      edge = { source: nodeFacts(source), target: nodeFacts(service), calls: [] }
      edges.set(key, edge)
    }
    edge.calls.push(callFacts(call, caller.entity))
  }
  return { services: [...services.values()], edges: [...edges.values()] }
}

/** What filter expressions ask of a trace, for those that its columns do not answer. */
export const factsOf = (digest: TraceDigest, visits: readonly Visit[]): TraceFacts => {
  const { fault, error, throttle, partial, responseTime, start, end } = digest
  const rootCauses: Record<CauseKind, RootCauseFacts[]> = {
    responsetime: causeFacts(digest.responseTimeCauses),
    fault: causeFacts(digest.faultCauses),
    error: causeFacts(digest.errorCauses),
  }
  return {
    ok: !(fault || error || throttle),
    fault,
    error,
    throttle,
    partial,
    inferred: visits.some(({ inferred }) => inferred),
    ...(responseTime !== undefined && { responseTime }),
    duration: end - start,
    http: httpFacts(digest.http),
    users: digest.users.map(({ name }) => name),
    resourceArns: digest.resourceArns,
    instanceIds: digest.instanceIds,
    availabilityZones: digest.availabilityZones,
    annotations: annotationFacts(digest),
    ...graphFacts(visits),
    rootCauses,
  }
}
