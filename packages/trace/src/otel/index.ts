/** The OpenTelemetry API, answered by X-Ray segments: `@sonde/trace/otel`. */
import { context, propagation, trace } from '@opentelemetry/api'
import { EntityContextManager } from './context-manager.ts'
import { XRayPropagator } from './propagator.ts'
import { EntityTracerProvider, type TracerOptions } from './tracer.ts'

export type { TracerOptions } from './tracer.ts'
export { EntityTracerProvider, XRayPropagator }

/** The error where another OpenTelemetry SDK has registered before. */
export class AlreadyRegisteredError extends Error {
  override name = 'AlreadyRegisteredError'
}

/**
 * Registers tracer, context manager and propagator with the OpenTelemetry API of this process. Libraries that are
 * instrumented with OpenTelemetry write X-Ray segments from now on; spans and captures nest in each other.
 *
 * @throws AlreadyRegisteredError where an SDK is registered already
 * @returns the way back
 * @example import { register } from '@sonde/trace/otel'; register({ serviceName: 'flight-delay' })
 */
export const register = (options: TracerOptions = {}): (() => void) => {
  const refuse = (): never => {
    throw new AlreadyRegisteredError('Another OpenTelemetry SDK is registered in this process.')
  }
  if (!trace.setGlobalTracerProvider(new EntityTracerProvider(options))) refuse()
  if (!context.setGlobalContextManager(new EntityContextManager().enable())) {
    trace.disable()
    refuse()
  }
  // A propagator that the app has set is the app's choice.
  const propagates = propagation.setGlobalPropagator(new XRayPropagator())
  return () => {
    trace.disable()
    context.disable()
    if (propagates) propagation.disable()
  }
}
