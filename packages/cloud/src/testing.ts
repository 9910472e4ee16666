/** For tests of the started cloud, through official clients over real HTTP. */
import { type Cloud, type CloudOptions, startCloud } from './cloud.ts'

/** What every SDK client needs to reach a test's cloud. The access key is the account. */
export interface ClientOptions {
  readonly endpoint: string
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly maxAttempts: number
}

export const TEST_ACCOUNT = '123456789012'
export const TEST_REGION = 'eu-west-1'

/** Starts a cloud in memory on a free port; a defect of ours fails the test that caused it. */
export const startTestCloud = async (
  options: CloudOptions = {},
): Promise<Cloud & { readonly client: ClientOptions }> => {
  const defects: string[] = []
  const cloud = await startCloud({
    port: 0,
    daemonPort: 0,
    account: TEST_ACCOUNT,
    region: TEST_REGION,
    onDefect: (error, where) => defects.push(`${where}: ${(error as Error).stack ?? String(error)}`),
    ...options,
  })
  return {
    ...cloud,
    client: {
      endpoint: cloud.endpoint,
      region: TEST_REGION,
      credentials: { accessKeyId: TEST_ACCOUNT, secretAccessKey: 'test' },
      maxAttempts: 1,
    },
    stop: async () => {
      await cloud.stop()
      if (defects.length > 0) throw new Error(`Defects:\n${defects.join('\n')}`)
    },
  }
}
