import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { buildSync } from 'esbuild'

/**
 * A function of the watch, bundled with the SDK clients it uses: no dependency of the app, no lock file, no Docker. What is bundled
 * depends on the source alone, so that an unchanged function is not deployed again.
 *
 * @param entry path of the source that exports `handler`
 */
export const bundledCode = (entry: string): Code => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-function-'))
  buildSync({
    entryPoints: [entry],
    outfile: join(folder, 'index.mjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    // What CommonJS modules in the bundle still ask for.
    banner: {
      js: "import{createRequire as sondeRequire}from'node:module';const require=sondeRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
  return Code.fromAsset(folder)
}
