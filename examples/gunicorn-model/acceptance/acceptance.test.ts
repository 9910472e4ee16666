/** What this example is for, tried on the running app as its users have it. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BatchGetTracesCommand, XRayClient } from '@aws-sdk/client-xray'
import { runSonde } from '@sonde/example-flight-delay/acceptance/running-app.ts'
import { loadDirectModel } from '@sonde/example-flight-delay/evaluate/direct.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newTraceId } from '../testing/ids.ts'
import { whatIsMissing } from '../testing/python.ts'

const BODY = { origin: 'JFK', destination: 'SFO', departure: '2001-06-15T17:30' }

/** Where the model server looks for the daemon. */
const DAEMON_PORT = 2000

const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

const missing = (await whatIsMissing()) ?? ((await isFree(DAEMON_PORT)) ? undefined : 'Port 2000 is in use.')
const here = missing === undefined ? '' : ` (${missing.replaceAll('\n', ' ')})`

interface Entity {
  readonly id: string
  readonly name: string
  readonly parent_id?: string
  readonly origin?: string
  readonly start_time: number
  readonly subsegments?: readonly Entity[]
}

describe.skipIf(missing !== undefined)(`a prediction of the running app${here}`, () => {
  const state = mkdtempSync(join(tmpdir(), 'sonde-gunicorn-'))
  let sonde: ReturnType<typeof runSonde>
  let xray: XRayClient
  let url: string

  const readyLine = async (): Promise<RegExpExecArray> => {
    for (;;) {
      const found = /sonde ready .* AWS (\S+) .* predictions (\S+)/.exec(sonde.output())
      if (found) return found
      if (sonde.child.exitCode !== null) throw new Error(`sonde up ended:\n${sonde.output()}`)
      await sleep(50)
    }
  }

  const segmentsOf = async (traceId: string): Promise<Entity[]> => {
    const { Traces } = await xray.send(new BatchGetTracesCommand({ TraceIds: [traceId] }))
    return (Traces?.[0]?.Segments ?? []).map(({ Document = '' }) => JSON.parse(Document))
  }

  beforeAll(async () => {
    sonde = runSonde(['up', dirname(import.meta.dirname), '--port', '0', '--state', state])
    const [, endpoint = '', predictions = ''] = await readyLine()
    url = predictions
    xray = new XRayClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: '000000000000', secretAccessKey: 'local' },
    })
  })
  afterAll(async () => {
    const exited = once(sonde.child, 'exit')
    sonde.child.kill('SIGTERM')
    await exited
    xray?.destroy()
    rmSync(state, { recursive: true, force: true })
  })

  it('is equal to the model’s, and one trace from the gateway to inside the model', async () => {
    const root = newTraceId()
    const response = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(BODY),
      headers: { 'x-amzn-trace-id': `Root=${root};Sampled=1` },
    })
    const model = await loadDirectModel()
    const answer = (await response.json()) as { probability: number }
    expect(answer.probability).toBeCloseTo(await model.probability(BODY), 6)
    await model.release()

    let segments: Entity[] = []
    const has = (name: string) => segments.some(segment => segment.name === name)
    const captures = () => JSON.stringify(segments).includes('## postprocess')
    while (!has('flight-delay-model') || !captures() || !has('GunicornModel/prod')) {
      await sleep(100)
      segments = await segmentsOf(root)
    }

    const kind = ({ origin, name }: Entity): string =>
      origin?.startsWith('AWS::Lambda') ? origin : (origin ?? name)
    const outline = (entity: Entity): unknown => {
      const below = [
        ...(entity.subsegments ?? []),
        ...segments.filter(({ parent_id }) => parent_id === entity.id),
      ].toSorted((a, b) => a.start_time - b.start_time)
      return below.length === 0 ? kind(entity) : { [kind(entity)]: below.map(outline) }
    }
    const roots = segments.filter(({ parent_id }) => parent_id === undefined)
    const functionPart = expect.arrayContaining([
      {
        '## index.handler': [
          { '## preprocess': [{ DynamoDB: ['AWS::DynamoDB::Table'] }] },
          {
            '## predict': [
              { SageMakerRuntime: [{ 'flight-delay-model': ['## parse', '## predict', '## format'] }] },
            ],
          },
          '## postprocess',
        ],
      },
    ])
    expect(roots.map(outline)).toEqual([
      {
        'AWS::ApiGateway::Stage': [
          { Lambda: [{ 'AWS::Lambda': [{ 'AWS::Lambda::Function': functionPart }] }] },
        ],
      },
    ])
  })
})
