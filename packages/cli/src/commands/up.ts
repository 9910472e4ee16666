import { join } from 'node:path'
import { CloudFormationClient, type Stack, type StackEvent } from '@aws-sdk/client-cloudformation'
import { S3Client } from '@aws-sdk/client-s3'
import { type Cloud, startCloud } from '@sonde/cloud'
import { type App, openApp, STATE } from '../app.ts'
import { clientOptions } from '../clients.ts'
import { type Arguments, type Command, UsageError } from '../command.ts'
import { publishAssets } from '../deployment/assets.ts'
import { deployStack } from '../deployment/deploy-stack.ts'
import { localUrl } from '../deployment/execute-api-url.ts'
import { curlLine, exampleUrl } from '../example-request.ts'
import { printLogs } from '../log-stream.ts'
import { forgetRunning, recordRunning } from '../running-cloud.ts'
import { readAssembly, type StackArtifact } from '../synthesis/assembly.ts'
import { synthesize } from '../synthesis/synthesize.ts'
import { seconds, type Terminal } from '../terminal.ts'
import { ACCOUNT, HOST, PORT, REGION } from './common-options.ts'

const MAX_PORT = 65_535

interface Settings {
  readonly host: string | undefined
  readonly port: number | undefined
  readonly daemonPort: number | undefined
  readonly account: string
  readonly region: string
  readonly ephemeral: boolean
  readonly quiet: boolean
  readonly allowedHosts: string[]
  readonly allowedOrigins: string[]
}

const list = (text: string | undefined): string[] => text?.split(',').filter(Boolean) ?? []

const readSettings = (arguments_: Arguments): Settings => {
  const account = arguments_.text('account') ?? '000000000000'
  if (!/^\d{12}$/.test(account)) throw new UsageError(`--account must have 12 digits, not ${account}.`)
  return {
    host: arguments_.text('host'),
    port: arguments_.integer('port', MAX_PORT),
    daemonPort: arguments_.integer('daemon-port', MAX_PORT),
    account,
    region: arguments_.text('region') ?? 'us-east-1',
    ephemeral: arguments_.flag('ephemeral'),
    quiet: arguments_.flag('quiet'),
    allowedHosts: list(arguments_.text('allow-host')),
    allowedOrigins: list(arguments_.text('allow-origin')),
  }
}

/** What is worth a line while a stack is deployed: each resource once it stands, and each failure. */
const printEvent = (event: StackEvent, terminal: Terminal): void => {
  const { LogicalResourceId: id = '', ResourceStatus: status = '', ResourceStatusReason: reason } = event
  if (event.ResourceType === 'AWS::CloudFormation::Stack') return
  if (status.endsWith('_FAILED'))
    terminal.print(`    ${terminal.style('red', '✗')} ${id}: ${reason ?? status}`)
  else if (reason && status.endsWith('_IN_PROGRESS') && !/Initiated$/.test(reason)) {
    terminal.print(`    ${terminal.style('dim', `${id}: ${reason}`)}`)
  }
}

const deploy = async (
  artifact: StackArtifact,
  cloud: Cloud,
  settings: Settings,
  terminal: Terminal,
): Promise<Stack> => {
  const started = performance.now()
  const options = clientOptions({ ...artifact, endpoint: cloud.endpoint })
  const s3 = new S3Client({ ...options, forcePathStyle: true })
  const cloudformation = new CloudFormationClient(options)
  try {
    await publishAssets(s3, artifact.assets)
    terminal.print(`  Deploying ${artifact.stackName}`)
    const { outcome, stack } = await deployStack(cloudformation, artifact, cloud.endpoint, event =>
      printEvent(event, terminal),
    )
    if (artifact.imageAssets > 0 && !settings.quiet) {
      const images = `${artifact.imageAssets} container image${artifact.imageAssets === 1 ? '' : 's'}`
      terminal.print(`    ${terminal.style('dim', `${images} not built: models run their local command`)}`)
    }
    terminal.print(`  Stack ${artifact.stackName} ${outcome} in ${seconds(performance.now() - started)}`)
    return stack
  } finally {
    s3.destroy()
    cloudformation.destroy()
  }
}

const synthesizeApp = async (app: App, settings: Settings, terminal: Terminal): Promise<StackArtifact[]> => {
  const { account, region } = settings
  const started = performance.now()
  const output = join(app.state, 'synthesis')
  const { assembly, cached } = await synthesize({
    app: app.folder,
    output,
    account,
    region,
    onStart: () => terminal.print('  Synthesizing the app'),
  })
  const took = cached ? 'unchanged, from the cache' : `in ${seconds(performance.now() - started)}`
  terminal.print(`  App synthesized (${took})`)
  const stacks = readAssembly(assembly, { account, region })
  if (stacks.length === 0) throw new UsageError(`${app.folder} defines no stack.`)
  return stacks
}

const printOutputs = (stacks: readonly Stack[], cloud: Cloud, terminal: Terminal): void => {
  for (const { Outputs = [], StackName } of stacks) {
    for (const { OutputKey, OutputValue = '' } of Outputs) {
      terminal.print(`  ${StackName}.${OutputKey} = ${localUrl(OutputValue, cloud.endpoint)}`)
    }
  }
}

const printReady = (
  app: App,
  stacks: readonly Stack[],
  cloud: Cloud,
  took: number,
  terminal: Terminal,
): void => {
  const url = app.example && exampleUrl(app.example, stacks, cloud.endpoint)
  if (app.example && url) {
    terminal.print(`\n  Try it:\n\n  ${curlLine(app.example, url)}\n`)
  }
  const addresses = [
    `AWS ${cloud.endpoint}`,
    `X-Ray daemon ${cloud.daemonAddress}`,
    ...(url ? [`predictions ${url}`] : []),
  ]
  terminal.print(`${terminal.style('green', `sonde ready in ${seconds(took)}`)}  ${addresses.join('  ')}`)
}

/** Resolves at the first SIGINT, SIGTERM or SIGHUP. A second one ends the process at once. */
const stopSignal = (): Promise<void> =>
  new Promise(resolve => {
    let stopping = false
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (stopping) process.exit(130)
        stopping = true
        resolve()
      })
    }
  })

const up = async (arguments_: Arguments, terminal: Terminal): Promise<number> => {
  const started = performance.now()
  const settings = readSettings(arguments_)
  const app = openApp(arguments_)
  const stopped = stopSignal()
  terminal.print(`Starting ${app.folder}`)
  const cloud = await startCloud({
    ...(settings.host !== undefined && { host: settings.host }),
    ...(settings.port !== undefined && { port: settings.port }),
    ...(settings.daemonPort !== undefined && { daemonPort: settings.daemonPort }),
    ...(!settings.ephemeral && { directory: app.state }),
    appDirectory: app.folder,
    account: settings.account,
    region: settings.region,
    allowedHosts: settings.allowedHosts,
    allowedOrigins: settings.allowedOrigins,
    onDefect: (error, where) => {
      const text = process.env.SONDE_DEBUG ? (error as Error).stack : String(error)
      terminal.warn(`Defect in Sonde (${where}): ${text}. Please report it.`)
    },
  })
  try {
    terminal.print(`  Local cloud ${cloud.version} at ${cloud.endpoint}`)
    if (cloud.endedLeftovers > 0) {
      terminal.print(`  Ended ${cloud.endedLeftovers} processes of a run that was killed`)
    }
    const artifacts = await synthesizeApp(app, settings, terminal)
    const stopLogs = settings.quiet ? () => {} : cloud.onLogs(printLogs(terminal))
    const stacks: Stack[] = []
    for (const artifact of artifacts) stacks.push(await deploy(artifact, cloud, settings, terminal))
    recordRunning(app.state, {
      endpoint: cloud.endpoint,
      account: settings.account,
      region: settings.region,
      stacks: artifacts.map(({ stackName: name, account, region }) => ({ name, account, region })),
    })
    printOutputs(stacks, cloud, terminal)
    printReady(app, stacks, cloud, performance.now() - started, terminal)
    await stopped
    stopLogs()
    terminal.print('\nStopping')
    return 0
  } finally {
    forgetRunning(app.state)
    await cloud.stop()
  }
}

export const upCommand: Command = {
  summary: 'run a CDK app on this machine: synthesize, deploy, stream its logs',
  operands: '[app]',
  description: [
    'Starts the local cloud, synthesizes the CDK app in the folder [app] (default: this one) as its cdk.json says,',
    'deploys its stacks, loads their reference data and streams the logs of their functions until Ctrl-C.',
    'State is kept in [app]/.sonde, so the next start resumes where this one ended, also after kill -9.',
    '',
    'Any AWS client works against it:',
    '  export AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_ACCESS_KEY_ID=000000000000 \\',
    '         AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1',
    '  aws cloudformation describe-stacks',
  ].join('\n'),
  options: {
    state: STATE,
    port: PORT,
    'daemon-port': {
      type: 'string',
      value: 'number',
      variable: 'SONDE_DAEMON_PORT',
      help: 'Port of the X-Ray daemon, UDP and TCP. Default 2000',
    },
    host: HOST,
    account: ACCOUNT,
    region: REGION,
    ephemeral: { type: 'boolean', variable: 'SONDE_EPHEMERAL', help: 'Keep state in memory only' },
    quiet: { type: 'boolean', variable: 'SONDE_QUIET', help: 'Do not stream logs' },
    'allow-host': {
      type: 'string',
      value: 'names',
      variable: 'SONDE_ALLOW_HOST',
      help: 'Further host names to answer to, comma-separated',
    },
    'allow-origin': {
      type: 'string',
      value: 'origins',
      variable: 'SONDE_ALLOW_ORIGIN',
      help: 'Further origins whose pages may call, comma-separated',
    },
  },
  run: up,
}
