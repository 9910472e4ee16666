import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FunctionPlan } from '../environment/plan.ts'
import { NODE_RUNTIMES, PROVIDED_RUNTIMES } from './runtimes.ts'

/** The command that runs a function's runtime, and what it adds to the environment's variables. */
export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  readonly variables: Readonly<Record<string, string>>
}

interface RuntimeFamily {
  /** Identifiers that CreateFunction takes. */
  readonly runtimes: readonly string[]
  launch(plan: FunctionPlan, sdkFolder: string): Launch | { readonly error: string }
}

const NODE_BOOTSTRAP = fileURLToPath(new URL('./node/bootstrap.cjs', import.meta.url))
/** The share of the memory that Lambda gives to V8's old generation. */
const NODE_HEAP_SHARE = 0.9

const node: RuntimeFamily = {
  runtimes: NODE_RUNTIMES,
  launch: (plan, sdkFolder) => {
    const major = /^nodejs(\d+)/.exec(plan.runtime)?.[1] ?? ''
    const { layersFolder } = plan
    const layers =
      layersFolder === undefined
        ? []
        : [
            join(layersFolder, 'nodejs', `node${major}`, 'node_modules'),
            join(layersFolder, 'nodejs', 'node_modules'),
          ]
    return {
      command: 'node',
      args: [
        `--max-old-space-size=${Math.floor(plan.memorySize * NODE_HEAP_SHARE)}`,
        '--max-http-header-size=81920',
        NODE_BOOTSTRAP,
      ],
      variables: { NODE_PATH: [...layers, join(sdkFolder, 'node_modules'), plan.codeFolder].join(':') },
    }
  },
}

const provided: RuntimeFamily = {
  runtimes: PROVIDED_RUNTIMES,
  launch: plan => {
    const candidates = [join(plan.codeFolder, 'bootstrap')]
    if (plan.layersFolder !== undefined) candidates.push(join(plan.layersFolder, 'bootstrap'))
    const command = candidates.find(candidate => existsSync(candidate))
    return command === undefined
      ? { error: "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]" }
      : { command, args: [], variables: {} }
  },
}

const FAMILIES: readonly RuntimeFamily[] = [node, provided]

/** How to start a function's runtime, or why it cannot be. */
export const launchOf = (plan: FunctionPlan, sdkFolder: string): Launch | { readonly error: string } => {
  const family = FAMILIES.find(candidate => candidate.runtimes.includes(plan.runtime))
  return family?.launch(plan, sdkFolder) ?? { error: `no runtime ${plan.runtime} on this machine` }
}

/** What INIT_START names: Lambda's runtime and, in the place of AWS's build number, the Node version that we run it with. */
export const runtimeVersionOf = (runtime: string): string => {
  const nodeMajor = /^nodejs(\d+)/.exec(runtime)?.[1]
  return nodeMajor === undefined ? runtime.replace('.', ':') : `nodejs:${nodeMajor}.${process.version}`
}

/** A made-up but stable ARN for {@link runtimeVersionOf}. */
export const runtimeVersionArnOf = (runtime: string, partition: string, region: string): string =>
  `arn:${partition}:lambda:${region}::runtime:${createHash('sha256').update(runtimeVersionOf(runtime)).digest('hex')}`
