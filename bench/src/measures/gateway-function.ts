import { join } from 'node:path'
import { type LoadResult, saturate } from '../load.ts'
import { startServerlessOffline } from '../peers/serverless-offline.ts'
import { startUntil } from '../process.ts'
import type { Row } from '../table.ts'

const BODY = JSON.stringify({ origin: 'JFK', destination: 'SFO', departure: '2001-07-04T17:30' })
const CONNECTIONS = [1, 10, 50]
const SECONDS = 6
/** design: throughput of a warm echo, process isolation included, against handlers in the peer's own process. */
const RATIO = 2.5

const measure = async (url: string): Promise<LoadResult[]> => {
  const results: LoadResult[] = []
  for (const connections of CONNECTIONS) {
    results.push(await saturate({ url, body: BODY, connections, seconds: SECONDS }))
  }
  return results
}

const measureSonde = async (): Promise<LoadResult[]> => {
  const cloud = await startUntil(process.execPath, [join(import.meta.dirname, '..', 'echo-cloud.ts')], {
    cwd: import.meta.dirname,
    until: /echo at (\S+)/,
  })
  try {
    return await measure(cloud.match[1] as string)
  } finally {
    await cloud.stop()
  }
}

const measurePeer = async (cache: string): Promise<LoadResult[]> => {
  const peer = await startServerlessOffline(cache)
  try {
    return await measure(peer.url)
  } finally {
    await peer.stop()
  }
}

const show = ({ requestsPerSecond, p50, p99 }: LoadResult): string =>
  `${requestsPerSecond.toFixed(0)} req/s, p50 ${p50} ms, p99 ${p99} ms`

/** Gateway → function, warm, one after the other on the same machine. */
export const gatewayToFunction = async (cache: string, warn: (line: string) => void): Promise<Row[]> => {
  const ours = await measureSonde()
  const peer = await measurePeer(cache).catch((error: Error) => {
    warn(`serverless-offline skipped: ${error.message.split('\n')[0]}`)
    return undefined
  })
  return CONNECTIONS.map((connections, index) => {
    const mine = ours[index] as LoadResult
    const theirs = peer?.[index]
    const what = `gateway → function, echo, ${connections} connection${connections === 1 ? '' : 's'}`
    if (!theirs) return { what, ours: show(mine), peer: 'skipped' }
    const ratio = mine.requestsPerSecond / theirs.requestsPerSecond
    return {
      what,
      ours: show(mine),
      peer: `serverless-offline: ${show(theirs)}`,
      budget: `≥ ${RATIO} × peer, lower p99: ${ratio.toFixed(1)} ×`,
      kept: ratio >= RATIO && mine.p99 <= theirs.p99,
    }
  })
}
