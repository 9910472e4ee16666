import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { UsageError } from '../command.ts'
import { contentHash } from './content-hash.ts'

export interface SynthesisOptions {
  /** The folder with `cdk.json`. */
  readonly app: string
  /** Where the assembly goes; kept between runs. */
  readonly output: string
  readonly account: string
  readonly region: string
  /** Called where the cache does not serve: it takes seconds. */
  readonly onStart: () => void
}

export interface Synthesis {
  /** The folder of the cloud assembly. */
  readonly assembly: string
  /** Whether an earlier synthesis of the same content served. */
  readonly cached: boolean
}

/** The last lines of an app's output are those that name its error. */
const LAST_LINES = 15

interface CdkJson {
  readonly app: string
  readonly context: Readonly<Record<string, unknown>>
}

const readJson = (path: string): Record<string, unknown> => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  } catch (error) {
    throw new UsageError(`${path} is not valid JSON: ${(error as Error).message}`, { cause: error })
  }
}

const readCdkJson = (folder: string): CdkJson => {
  const path = join(folder, 'cdk.json')
  if (!existsSync(path)) {
    throw new UsageError(`${folder} has no cdk.json. Name the folder of a CDK app: sonde up path/to/app`)
  }
  const { app, context } = readJson(path)
  if (typeof app !== 'string') throw new UsageError(`${path} names no "app" command.`)
  const cached = join(folder, 'cdk.context.json')
  return {
    app,
    context: { ...(context as object | undefined), ...(existsSync(cached) ? readJson(cached) : {}) },
  }
}

/** The app's command may name programs that its packages install. */
const pathWithBins = (folder: string): string => {
  const bins: string[] = []
  for (let at = folder; ; at = dirname(at)) {
    bins.push(join(at, 'node_modules', '.bin'))
    if (dirname(at) === at) break
  }
  return [dirname(process.execPath), ...bins.filter(existsSync), process.env.PATH ?? ''].join(delimiter)
}

const run = (command: string, folder: string, environment: NodeJS.ProcessEnv): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, {
      cwd: folder,
      env: environment,
      shell: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', reject)
    child.once('close', code => {
      if (code === 0) resolve()
      else {
        const lines = output.trimEnd().split('\n').slice(-LAST_LINES).join('\n')
        reject(new UsageError(`The app could not be synthesized: "${command}" ended with ${code}.\n${lines}`))
      }
    })
  })

/**
 * Runs a CDK app as the CDK CLI does (its `cdk.json` says how) and caches the cloud assembly by content.
 *
 * @throws UsageError with the app's own last words
 * @see https://docs.aws.amazon.com/cdk/v2/guide/cxapi.html
 */
export const synthesize = async (options: SynthesisOptions): Promise<Synthesis> => {
  const { app, output, account, region } = options
  const { app: command, context } = readCdkJson(app)
  const assembly = join(output, 'assembly')
  const stamp = join(output, 'content-hash')
  const hash = contentHash(app, { account, region, node: process.version })
  if (
    existsSync(join(assembly, 'manifest.json')) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === hash
  ) {
    return { assembly, cached: true }
  }
  options.onStart()
  rmSync(stamp, { force: true })
  rmSync(assembly, { recursive: true, force: true })
  mkdirSync(output, { recursive: true })
  await run(command, app, {
    ...process.env,
    PATH: pathWithBins(app),
    CDK_OUTDIR: assembly,
    CDK_CONTEXT_JSON: JSON.stringify(context),
    CDK_DEFAULT_ACCOUNT: account,
    CDK_DEFAULT_REGION: region,
  })
  if (!existsSync(join(assembly, 'manifest.json'))) {
    throw new UsageError(`"${command}" wrote no cloud assembly. Is it a CDK app that calls app.synth()?`)
  }
  writeFileSync(stamp, hash)
  return { assembly, cached: false }
}
