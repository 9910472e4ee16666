import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { APIGatewayClient } from '@aws-sdk/client-api-gateway'
import { describe, expect, it, onTestFinished } from 'vitest'
import { flood } from '../testing/flood.ts'
import { SCOPE } from '../testing/gateway.ts'
import { deployWithKeys, subscribe, usageOf } from '../testing/plans.ts'

/** A process of its own, whose function leaves a byte in a file for each request that reaches it. */
const SERVER = `
import { appendFileSync } from 'node:fs'
import { startGateway } from '${new URL('../testing/gateway.ts', import.meta.url)}'
const [, directory, passed] = process.argv
const gateway = await startGateway({ directory, now: () => ${Date.UTC(2030, 0, 7)} })
gateway.onInvoke(() => {
  appendFileSync(passed, '.')
  return { statusCode: 200 }
})
process.stdout.write(gateway.port + '\\n')`

const start = async (directory: string, passed: string) => {
  const server = spawn(process.execPath, ['--input-type=module', '-e', SERVER, directory, passed], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(server, 'exit')
  onTestFinished(() => {
    server.kill('SIGKILL')
  })
  const [line] = await once(createInterface({ input: server.stdout }), 'line')
  const client = new APIGatewayClient({
    endpoint: `http://127.0.0.1:${line}`,
    region: SCOPE.region,
    credentials: { accessKeyId: SCOPE.account, secretAccessKey: 'x' },
    maxAttempts: 1,
  })
  return { client, port: Number(line), kill: () => server.kill('SIGKILL'), exited }
}

const QUOTA = 3_000
const DATE = '2030-01-07'

describe('a quota', () => {
  it('admits no request more than it says when the process is killed in the midst of them', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sonde-quota-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    const file = join(directory, 'passed')
    writeFileSync(file, '')
    const passed = (): number => statSync(file).size

    const first = await start(directory, file)
    const { restApiId } = await deployWithKeys(first, 'GET')
    const { value, keyId, usagePlanId } = await subscribe(first, restApiId, {
      quota: { limit: QUOTA, period: 'DAY' },
    })
    const path = `/_aws/execute-api/${restApiId}/prod/predict`
    let answers = 0
    const countAnswer = (status: number): void => {
      if (status === 200 && ++answers === 1_000) first.kill()
    }
    const storm = async (): Promise<void> => {
      for (;;) await flood(first.port, path, { 'x-api-key': value }, 200, countAnswer)
    }
    await expect(storm()).rejects.toThrow()
    expect(await first.exited).toEqual([null, 'SIGKILL'])

    const second = await start(directory, file)
    const used = async (): Promise<number> =>
      (await usageOf(second, usagePlanId, DATE))[keyId]?.[0]?.[0] ?? Number.NaN
    const before = passed()
    const counted = await used()
    expect(before).toBeGreaterThanOrEqual(1_000)
    // All that passed had been counted; some were counted and could not pass any more.
    expect(counted).toBeGreaterThanOrEqual(before)
    expect(counted).toBeLessThan(QUOTA)
    const { statuses } = await flood(second.port, path, { 'x-api-key': value }, 5_000)
    expect(statuses[200]).toBe(QUOTA - counted)
    expect(passed() - before).toBe(QUOTA - counted)
    expect(passed()).toBeLessThanOrEqual(QUOTA)
    expect(await used()).toBe(QUOTA)
    second.client.destroy()
    first.client.destroy()
  }, 60_000)
})
