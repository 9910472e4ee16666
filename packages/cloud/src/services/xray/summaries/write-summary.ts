import type { ServiceId, TraceSummary } from '@aws-sdk/client-xray'
import type { ServiceKey } from '../graph/service-node.ts'
import { annotationValue, type DigestAnnotation, type TraceDigest } from './digest.ts'

const round = (seconds: number): number => Math.round(seconds * 1_000) / 1_000

const serviceId = ({ name, type, account }: ServiceKey): ServiceId => ({
  Name: name,
  Names: [name],
  ...(account != null && { AccountId: account }),
  ...(type != null && { Type: type }),
})

const annotationsOf = (
  annotations: readonly DigestAnnotation[],
  serviceIds: (at: readonly number[]) => ServiceId[],
) => {
  const found: NonNullable<TraceSummary['Annotations']> = {}
  for (const { key, value, services } of annotations) {
    const entry = { AnnotationValue: annotationValue(value), ServiceIds: serviceIds(services) }
    const present = Object.hasOwn(found, key) ? found[key] : undefined
    if (present) present.push(entry)
    // A key may be `__proto__`.
    else
      Object.defineProperty(found, key, {
        value: [entry],
        enumerable: true,
        writable: true,
        configurable: true,
      })
  }
  return found
}

/** A digest in the form of GetTraceSummaries. */
export const writeSummary = (traceId: string, revision: number, digest: TraceDigest): TraceSummary => {
  const { services, entryPoint } = digest
  const serviceIds = (at: readonly number[]): ServiceId[] =>
    at.flatMap(number => {
      const service = services[number]
      return service ? [serviceId(service)] : []
    })
  return {
    Id: traceId,
    StartTime: new Date(digest.start * 1_000),
    Duration: round(digest.end - digest.start),
    ...(digest.responseTime !== undefined && { ResponseTime: round(digest.responseTime) }),
    HasFault: digest.fault,
    HasError: digest.error,
    HasThrottle: digest.throttle,
    IsPartial: digest.partial,
    Http: digest.http ?? {},
    Annotations: annotationsOf(digest.annotations, serviceIds),
    Users: digest.users.map(({ name, services: at }) => ({ UserName: name, ServiceIds: serviceIds(at) })),
    ServiceIds: services.map(serviceId),
    ResourceARNs: digest.resourceArns.map(ARN => ({ ARN })),
    InstanceIds: digest.instanceIds.map(Id => ({ Id })),
    AvailabilityZones: digest.availabilityZones.map(Name => ({ Name })),
    ...(entryPoint !== undefined &&
      serviceIds([entryPoint])[0] && { EntryPoint: serviceIds([entryPoint])[0] }),
    FaultRootCauses: [...digest.faultCauses],
    ErrorRootCauses: [...digest.errorCauses],
    ResponseTimeRootCauses: [...digest.responseTimeCauses],
    Revision: revision,
  }
}
