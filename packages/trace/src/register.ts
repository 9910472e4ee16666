/**
 * Everything at once, before the app: `node --import @sonde/trace/register app.js`. In Lambda set
 * `NODE_OPTIONS=--import @sonde/trace/register`. Servers are traced where `AWS_XRAY_TRACING_NAME` names them.
 */
import { log, settings } from './core/settings.ts'
import { instrument } from './instrument.ts'
import { register } from './otel/index.ts'
import { traceServers } from './servers/http.ts'

const { tracingName, inLambda } = settings()
instrument()
if (tracingName !== undefined && !inLambda) traceServers({ name: tracingName })
try {
  register()
} catch (error) {
  // An app with an OpenTelemetry SDK of its own keeps that.
  log('warn', error instanceof Error ? error.message : String(error))
}
