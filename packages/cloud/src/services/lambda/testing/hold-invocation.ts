// Run as a process of its own by restart.test.ts, which kills it: keeps one environment idle, one in an
// invocation and one provisioned.
import { startLambda } from './start-lambda.ts'

const cloud = await startLambda(process.argv[2])
const source =
  'exports.handler = async ({ ms }) => { await new Promise(r => setTimeout(r, ms)); return process.pid }'
await cloud.create('held', source, { Timeout: 60 })
cloud.operations.PublishVersion({ FunctionName: 'held' }, cloud.context)
const version = { FunctionName: 'held', Qualifier: '1' }
cloud.operations.PutProvisionedConcurrencyConfig(
  { ...version, ProvisionedConcurrentExecutions: 1 },
  cloud.context,
)
while (cloud.operations.GetProvisionedConcurrencyConfig(version, cloud.context).Status !== 'READY') {
  await new Promise(resolve => setTimeout(resolve, 5))
}
const running = cloud.invoke('held', { ms: 60_000 })
running.catch(() => {})
const { payload } = await cloud.invoke('held', { ms: 0 })
await cloud.invoke('held', { ms: 60_000, later: true }, { InvocationType: 'Event', LogType: 'None' })
process.stdout.write(`${JSON.stringify({ idle: payload, pids: cloud.processes.map(({ pid }) => pid) })}\n`)
