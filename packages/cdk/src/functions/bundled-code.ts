import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { buildSync } from 'esbuild'

/** A folder named for what is in it: the same function is there once, however often an app is synthesized. */
const folderOf = (code: Uint8Array): string => {
  const folder = join(
    tmpdir(),
    `sonde-function-${createHash('sha256').update(code).digest('hex').slice(0, 16)}`,
  )
  const file = join(folder, 'index.mjs')
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true })
    // Whole or not at all: another synthesis may look at the same time.
    writeFileSync(`${file}.${process.pid}`, code)
    renameSync(`${file}.${process.pid}`, file)
  }
  return folder
}

/**
 * A function of the watch, bundled with the SDK clients it uses: no dependency of the app, no lock file, no Docker. What is bundled
 * depends on the source alone, so that an unchanged function is not deployed again.
 *
 * @param entry path of the source that exports `handler`
 */
export const bundledCode = (entry: string): Code => {
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    write: false,
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
  return Code.fromAsset(folderOf(outputFiles[0]?.contents ?? new Uint8Array()))
}
