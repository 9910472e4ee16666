import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inflateSync } from 'node:zlib'
import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  GetMetricWidgetImageCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { AwsJson1_0Protocol, AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestCloud } from '../../../testing.ts'

const run = promisify(execFile)
const hasCli = await run('aws', ['--version']).then(
  () => true,
  () => false,
)

let cloud: Awaited<ReturnType<typeof startTestCloud>>
const COLOR = '#12ab34'
const WIDGET = {
  metrics: [
    ['Flights', 'Latency', { color: COLOR, label: 'p90', stat: 'p90', id: 'm1' }],
    [{ expression: 'm1 * 2', label: 'twice' }],
  ],
  period: 60,
  start: '-PT30M',
  width: 320,
  height: 200,
  title: 'Latency',
}

beforeAll(async () => {
  cloud = await startTestCloud()
  const client = new CloudWatchClient(cloud.client)
  const MetricData = Array.from({ length: 25 }, (_, minute) => ({
    MetricName: 'Latency',
    Timestamp: new Date(Date.now() - minute * 60_000),
    Values: [100 + minute, 120],
    Unit: 'Milliseconds' as const,
  }))
  await client.send(new PutMetricDataCommand({ Namespace: 'Flights', MetricData }))
  client.destroy()
})
afterAll(() => cloud.stop())

interface Picture {
  readonly width: number
  readonly height: number
  /** The picture's pixels as `#rrggbb`, with how many there are of each. */
  readonly colors: ReadonlyMap<string, number>
}

const paeth = (left: number, up: number, corner: number): number => {
  const guess = left + up - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}

/** Reads a PNG of 8-bit RGBA, as its specification says. */
const readPng = (png: Uint8Array): Picture => {
  const data = Buffer.from(png)
  expect(data.subarray(0, 8).toString('latin1')).toBe('\u0089PNG\r\n\u001a\n')
  const [width, height] = [data.readUInt32BE(16), data.readUInt32BE(20)]
  expect([...data.subarray(24, 26)]).toEqual([8, 6])
  const parts: Buffer[] = []
  for (let at = 8; at < data.length; ) {
    const length = data.readUInt32BE(at)
    if (data.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(data.subarray(at + 8, at + 8 + length))
    at += length + 12
  }
  const raw = inflateSync(Buffer.concat(parts))
  const stride = width * 4
  let above = Buffer.alloc(stride)
  const colors = new Map<string, number>()
  for (let row = 0; row < height; row++) {
    const filter = raw[row * (stride + 1)]
    const line = Buffer.from(raw.subarray(row * (stride + 1) + 1, (row + 1) * (stride + 1)))
    for (let index = 0; index < stride; index++) {
      const left = index < 4 ? 0 : (line[index - 4] ?? 0)
      const [up = 0, corner = 0] = [above[index], index < 4 ? 0 : above[index - 4]]
      const added = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0
      line[index] = ((line[index] ?? 0) + added) & 255
    }
    for (let pixel = 0; pixel < stride; pixel += 4) {
      const color = `#${line.toString('hex', pixel, pixel + 3)}`
      colors.set(color, (colors.get(color) ?? 0) + 1)
    }
    above = line
  }
  return { width, height, colors }
}

describe.each([
  ['JSON', AwsJson1_0Protocol],
  ['CBOR', AwsSmithyRpcV2CborProtocol],
  ['Query', AwsQueryProtocol],
])('GetMetricWidgetImage in %s', (_name, protocol) => {
  let client: CloudWatchClient
  beforeAll(() => {
    client = new CloudWatchClient({ ...cloud.client, protocol } as CloudWatchClientConfig)
  })
  afterAll(() => client.destroy())

  it('answers a PNG with the lines of the metrics in it', async () => {
    const { MetricWidgetImage } = await client.send(
      new GetMetricWidgetImageCommand({ MetricWidget: JSON.stringify(WIDGET) }),
    )
    const { width, height, colors } = readPng(MetricWidgetImage ?? new Uint8Array())
    expect([width, height]).toEqual([320, 200])
    expect(colors.get(COLOR)).toBeGreaterThan(50)
    expect(colors.get('#ffffff')).toBeGreaterThan(20_000)
  })

  it('refuses a widget that is wrong', async () => {
    const asked = client.send(new GetMetricWidgetImageCommand({ MetricWidget: '{"metrics":[["App"]]}' }))
    await expect(asked).rejects.toThrow('Should NOT have fewer than 2 items')
  })

  it('refuses an expression that cannot be read', async () => {
    const MetricWidget = JSON.stringify({ metrics: [[{ expression: 'NOSUCH(m1)' }]] })
    await expect(client.send(new GetMetricWidgetImageCommand({ MetricWidget }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 400 },
    })
  })
})

describe('a picture', () => {
  it.each([
    [1, 1],
    [2_000, 1],
    [1, 2_000],
    [7, 90],
    [600, 900],
  ])('may be %i × %i, whatever it shows', async (width, height) => {
    const client = new CloudWatchClient(cloud.client)
    for (const view of ['timeSeries', 'singleValue', 'gauge', 'bar', 'pie']) {
      const yAxis = { left: { min: 0, max: 10, label: 'left' } }
      const shown = { ...WIDGET, title: 'Title', view, width, height, yAxis }
      const { MetricWidgetImage } = await client.send(
        new GetMetricWidgetImageCommand({ MetricWidget: JSON.stringify(shown) }),
      )
      expect(readPng(MetricWidgetImage ?? new Uint8Array())).toMatchObject({ width, height })
    }
    client.destroy()
  })
})

describe.skipIf(!hasCli)('the AWS CLI', () => {
  it('saves a picture with get-metric-widget-image', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sonde-widget-'))
    writeFileSync(join(folder, 'widget.json'), JSON.stringify(WIDGET))
    const { stdout } = await run(
      'aws',
      ['cloudwatch', 'get-metric-widget-image', '--metric-widget', 'file://widget.json', '--output', 'text'],
      {
        cwd: folder,
        env: {
          ...process.env,
          AWS_ENDPOINT_URL: cloud.endpoint,
          AWS_ACCESS_KEY_ID: cloud.client.credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: 'test',
          AWS_DEFAULT_REGION: cloud.client.region,
        },
      },
    )
    writeFileSync(join(folder, 'widget.png'), Buffer.from(stdout, 'base64'))
    expect(readPng(readFileSync(join(folder, 'widget.png'))).width).toBe(320)
  })
})
