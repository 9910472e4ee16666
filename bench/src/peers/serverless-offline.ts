import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ECHO_HANDLER } from '../echo-handler.ts'
import { type StartedProcess, startUntil } from '../process.ts'

/** The newest that runs without an account: serverless 4 asks for a login. */
const PACKAGES = ['serverless@3.40.0', 'serverless-offline@13.9.0']
const PORT = 4999

const CONFIGURATION = `service: echo
frameworkVersion: '3'
provider: { name: aws, runtime: nodejs20.x }
plugins: [serverless-offline]
custom:
  serverless-offline: { httpPort: ${PORT}, lambdaPort: 4998, noPrependStageInUrl: true, useInProcess: true }
functions:
  echo: { handler: handler.handler, events: [{ http: { method: post, path: echo } }] }
`

/** Installs it from the registry where it is missing, and starts it with handlers in its own process. */
export const startServerlessOffline = async (
  cache: string,
): Promise<StartedProcess & { readonly url: string }> => {
  const folder = join(cache, 'serverless-offline')
  if (!existsSync(join(folder, 'node_modules', 'serverless-offline'))) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"private":true}')
    execFileSync('npm', ['install', '--ignore-scripts', '--no-fund', '--no-audit', ...PACKAGES], {
      cwd: folder,
      stdio: 'ignore',
    })
  }
  writeFileSync(join(folder, 'serverless.yml'), CONFIGURATION)
  writeFileSync(join(folder, 'handler.js'), ECHO_HANDLER)
  const serverless = join(folder, 'node_modules', 'serverless', 'bin', 'serverless.js')
  const started = await startUntil(process.execPath, [serverless, 'offline'], {
    cwd: folder,
    until: /Server ready: (\S+)/,
    env: { SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' },
  })
  return { ...started, url: `http://localhost:${PORT}/echo` }
}
