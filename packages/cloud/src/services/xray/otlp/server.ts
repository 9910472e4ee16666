import { answerJson, type HttpServer, startHttpServer } from '../../../kernel/http-server.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { AccessRules } from '../../../kernel/security.ts'
import type { OtlpDoor } from './door.ts'

export interface OtlpServerOptions {
  readonly host: string
  /** 4318 by custom; 0 for any free port. */
  readonly port: number
  readonly door: Pick<OtlpDoor, 'handle'>
  readonly scope: Scope
  readonly rules?: AccessRules
}

/** https://opentelemetry.io/docs/specs/otlp/#otlphttp-request */
export const TRACES_PATH = '/v1/traces'

/**
 * OTLP on a port of its own, where exporters send unless they are told otherwise. Metrics and logs are refused by name.
 *
 * @throws PortUnavailableError
 */
export const startOtlpServer = ({ host, port, door, scope, rules }: OtlpServerOptions): Promise<HttpServer> =>
  startHttpServer({
    host,
    port,
    rules: rules ?? { hosts: new Set(), origins: new Set() },
    purpose: 'OTLP',
    flag: '--otlp-port',
    handler: (request, response) => {
      const [path] = (request.url ?? '').split('?')
      if (path === TRACES_PATH) return door.handle(request, response, scope)
      request.resume()
      answerJson(response, 404, {
        code: 12,
        message: `There is no ${path} here: X-Ray takes ${TRACES_PATH}.`,
      })
    },
  })
