import { clientOptions } from './clients.ts'
import { type Arguments, type Option, UsageError } from './command.ts'
import { ACCOUNT, REGION } from './commands/common-options.ts'
import { healthOf } from './running-cloud.ts'

/** Options of commands that read a cloud through its AWS APIs. */
export const PLACE_OPTIONS: Readonly<Record<string, Option>> = {
  endpoint: {
    type: 'string',
    value: 'url',
    variable: 'AWS_ENDPOINT_URL',
    help: 'The AWS endpoint to read. Default http://127.0.0.1:4566',
  },
  account: ACCOUNT,
  region: REGION,
}

/** For commands that also read AWS itself. */
export const AWS_OPTION: Readonly<Record<string, Option>> = {
  aws: { type: 'boolean', help: 'Read AWS itself, with your own credentials and region' },
}

/** Where a command reads: how its SDK clients are made, and what time it is there. */
export interface Reading {
  readonly options: Partial<ReturnType<typeof clientOptions>>
  now(): Promise<number>
}

/** AWS where the command line says `--aws`, else the local cloud. @throws UsageError as {@link findPlace} */
export const findReading = async (arguments_: Arguments): Promise<Reading> => {
  if (arguments_.flag('aws')) {
    const elsewhere = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_CLOUDWATCH'].find(name => process.env[name])
    if (elsewhere) throw new UsageError(`--aws reads AWS, but ${elsewhere} leads elsewhere: unset it.`)
    return { options: {}, now: async () => Date.now() }
  }
  const place = await findPlace(arguments_)
  return { options: clientOptions(place), now: () => nowAt(place) }
}

export interface Place {
  readonly endpoint: string
  readonly account: string
  readonly region: string
}

/** @throws UsageError that says how to start a cloud, where none answers */
export const findPlace = async (arguments_: Arguments): Promise<Place> => {
  const endpoint = (arguments_.text('endpoint') ?? 'http://127.0.0.1:4566').replace(/\/$/, '')
  if (!(await healthOf(endpoint))) {
    throw new UsageError(
      `No Sonde answers at ${endpoint}. Start one with: sonde up [app], or name another with --endpoint.`,
    )
  }
  return {
    endpoint,
    account: arguments_.text('account') ?? '000000000000',
    region: arguments_.text('region') ?? 'us-east-1',
  }
}

/** The cloud's own time, which may be stepped. */
export const nowAt = async ({ endpoint }: Place): Promise<number> => {
  const response = await fetch(`${endpoint}/_sonde/clock`)
  return ((await response.json()) as { now: number }).now
}
