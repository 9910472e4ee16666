import { existsSync, lstatSync, mkdirSync, symlinkSync, unlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const PROVIDED_BY_LAMBDA = ['@aws-sdk', '@smithy'] as const

/**
 * Makes `node_modules` in a folder hold the AWS SDK and nothing else, as Lambda's Node.js runtimes do: bundlers leave
 * `@aws-sdk/*` out because it is there. Of the SDK there are the clients that Sonde itself has; another is missing, and
 * the function's import says so.
 */
export const provideSdk = (folder: string): void => {
  const resolved = createRequire(import.meta.url).resolve('@aws-sdk/client-dynamodb')
  const modules = resolved.slice(0, resolved.lastIndexOf(join('@aws-sdk', 'client-dynamodb')))
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  for (const scope of PROVIDED_BY_LAMBDA) {
    const link = join(folder, 'node_modules', scope)
    if (lstatSync(link, { throwIfNoEntry: false })) unlinkSync(link)
    if (existsSync(join(modules, scope))) symlinkSync(join(modules, scope), link, 'junction')
  }
}
