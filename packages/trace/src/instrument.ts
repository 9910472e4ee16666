/** One call for everything that a function or server calls. Servers are apart: a Lambda function should not load them. */
import { watchDatabases } from './clients/databases.ts'
import { watchHttpClient } from './clients/http-client.ts'
import type { OutgoingOptions } from './clients/outgoing.ts'
import { patchAwsSdk } from './clients/patch-aws-sdk.ts'
import { watchUndici } from './clients/undici.ts'
import { settings } from './core/settings.ts'
import { firstToWatch } from './core/shared.ts'

export interface InstrumentOptions extends OutgoingOptions {
  /**
   * AWS SDK v3: one client class, client or module is enough for all clients of a bundle; where the SDK is loaded as
   * modules it is found by itself. `false` switches it off.
   */
  readonly aws?: false | readonly unknown[]
}

/**
 * Records AWS SDK v3 calls, `fetch`/undici, node:http and node:https, mysql2, ioredis and @redis/client. A second call
 * adds AWS sources and changes nothing else. Where `AWS_XRAY_SDK_ENABLED` is off, it does nothing.
 *
 * @example instrument({ aws: [DynamoDBClient] })
 */
export const instrument = (options: InstrumentOptions = {}): void => {
  if (!settings().enabled) return
  if (options.aws !== false) patchAwsSdk(...(options.aws ?? []))
  if (!firstToWatch('clients')) return
  watchHttpClient(options)
  watchUndici(options)
  watchDatabases()
}
