import { createDaemon } from '@sonde/cloud'
import { clientOptions } from '../clients.ts'
import { type Arguments, type Command, UsageError } from '../command.ts'
import type { Relay } from '../daemon/relay.ts'
import { describeCounters } from '../daemon/report.ts'
import type { Terminal } from '../terminal.ts'
import { ACCOUNT } from './common-options.ts'

const MAX_PORT = 65_535
const MAX_MEMORY = 4_096
const MEGABYTE = 1024 * 1024
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
/** The same trouble is told once in this time, in real milliseconds, however often it comes. */
const TROUBLE_INTERVAL = 30_000
const MAX_TROUBLES = 100
/** How long what waits may take to be sent at the end, in real milliseconds; the rest is dropped and counted. */
const DRAIN_TIME = 10_000

const endpointOf = (arguments_: Arguments): URL | undefined => {
  const text = arguments_.text('endpoint')
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`--endpoint must be an http or https URL, not ${text}.`)
  }
  return url
}

/** A local cloud takes any credentials: the user's own are not looked for then. */
const clientOf = (arguments_: Arguments) => {
  const endpoint = endpointOf(arguments_)
  const region = arguments_.text('region') ?? process.env.AWS_DEFAULT_REGION
  if (endpoint && LOOPBACK.has(endpoint.hostname)) {
    const account = arguments_.text('account') ?? '000000000000'
    if (!/^\d{12}$/.test(account)) throw new UsageError(`--account must have 12 digits, not ${account}.`)
    return clientOptions({ endpoint: endpoint.href, account, region: region ?? 'us-east-1' })
  }
  return { ...(region !== undefined && { region }), ...(endpoint && { endpoint: endpoint.href }) }
}

/** Tells each trouble once in a while. */
const createTrouble = (terminal: Terminal): ((text: string) => void) => {
  const told = new Map<string, number>()
  return text => {
    const now = performance.now()
    if (now - (told.get(text) ?? Number.NEGATIVE_INFINITY) < TROUBLE_INTERVAL) return
    if (told.size >= MAX_TROUBLES) told.clear()
    told.set(text, now)
    terminal.warn(`sonde daemon: ${text}`)
  }
}

const stopSignal = (): Promise<void> =>
  new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })

const relayUntilStopped = async (
  arguments_: Arguments,
  relay: Relay,
  describeFailure: (error: unknown) => string,
  trouble: (text: string) => void,
  terminal: Terminal,
): Promise<void> => {
  const region = await relay.region().catch(() => {
    throw new UsageError('There is no region. Name one: sonde daemon --region eu-west-1')
  })
  const port = arguments_.integer('port', MAX_PORT)
  const host = arguments_.text('host')
  const memory = arguments_.integer('memory', MAX_MEMORY)
  if (memory === 0) throw new UsageError('--memory must be 1 at least.')
  const daemon = createDaemon({
    flag: '--port',
    ...(port !== undefined && { port }),
    ...(host !== undefined && { host }),
    // A character takes 2 bytes at most.
    ...(memory !== undefined && { maxCharacters: (memory * MEGABYTE) / 2 }),
    rules: {
      hosts: new Set(arguments_.text('allow-host')?.split(',').filter(Boolean)),
      origins: new Set<string>(),
    },
    deliver: relay.deliver,
    forward: relay.forward,
    onFailure: (error, documents) => trouble(`${documents} documents lost: ${describeFailure(error)}`),
  })
  const report = (): void => terminal.print(describeCounters(daemon.counters(), relay.retries()))
  const stopped = stopSignal()
  await daemon.start()
  process.on('SIGUSR1', report)
  const target = arguments_.text('endpoint') ?? `X-Ray in ${region}`
  terminal.print(`sonde daemon ready at ${daemon.address()} (UDP and TCP), relaying to ${target}`)
  await stopped
  relay.hurry()
  const drain = setTimeout(() => daemon.discard(), DRAIN_TIME)
  await daemon.stop()
  clearTimeout(drain)
  process.off('SIGUSR1', report)
  report()
}

const daemon = async (arguments_: Arguments, terminal: Terminal): Promise<number> => {
  const client = clientOf(arguments_)
  const trouble = createTrouble(terminal)
  // The SDK's client takes longer to load than most commands take to run.
  const { createRelay, describeFailure } = await import('../daemon/relay.ts')
  const relay = createRelay({ client, onTrouble: text => trouble(`${text}; trying again`) })
  try {
    await relayUntilStopped(arguments_, relay, describeFailure, trouble, terminal)
    return 0
  } finally {
    relay.close()
  }
}

export const daemonCommand: Command = {
  summary: 'relay traces to X-Ray, as its daemon does',
  operands: '',
  description: [
    'Takes segment documents by UDP and the SDKs’ sampling calls by TCP, as the X-Ray daemon does, and relays both to a',
    'region with your credentials (the default chain of the AWS SDK), or to a local cloud. What cannot be sent waits in',
    'bounded memory and is tried again; the oldest goes when that is full. Counters are printed at the end (Ctrl-C) and',
    'on SIGUSR1. `sonde up` has a daemon of its own.',
    '',
    '  sonde daemon --region eu-west-1',
    '  sonde daemon --endpoint http://127.0.0.1:4566',
  ].join('\n'),
  options: {
    port: {
      type: 'string',
      value: 'number',
      variable: 'SONDE_DAEMON_PORT',
      help: 'Port of UDP and TCP. Default 2000',
    },
    host: { type: 'string', value: 'address', help: 'Address to listen on. Default 127.0.0.1' },
    region: {
      type: 'string',
      value: 'name',
      variable: 'AWS_REGION',
      help: 'Region. Default that of your AWS configuration; us-east-1 at a loopback --endpoint',
    },
    endpoint: {
      type: 'string',
      value: 'url',
      help: 'Another endpoint than the region’s, such as a local cloud',
    },
    account: {
      ...ACCOUNT,
      help: 'Account id at a loopback --endpoint; elsewhere your credentials tell. Default 000000000000',
    },
    'allow-host': {
      type: 'string',
      value: 'names',
      variable: 'SONDE_ALLOW_HOST',
      help: 'Further host names that sampling calls may name, comma-separated',
    },
    memory: {
      type: 'string',
      value: 'megabytes',
      help: 'For documents that wait. Default 64',
    },
  },
  run: daemon,
}
