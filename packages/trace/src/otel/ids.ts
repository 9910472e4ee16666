/** Trace ids of OpenTelemetry (32 hex digits) and of X-Ray (`1-8-24`) are the same digits. */

/** `1-5759e988-bd862e3fe1be46a994272793` of `5759e988bd862e3fe1be46a994272793`. */
export const toXRayTraceId = (id: string): string => `1-${id.slice(0, 8)}-${id.slice(8)}`

/** The way back. */
export const toOtelTraceId = (id: string): string => id.slice(2, 10) + id.slice(11)
