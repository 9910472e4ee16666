import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { fetchModelData, type ModelData, modelDataOf } from './model-data.ts'

const SCOPE = { account: '000000000000', region: 'us-east-1' }
const folder = mkdtempSync(join(tmpdir(), 'sonde-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A tar archive of one file. */
const tar = (path: string, text: string): Buffer => {
  const header = Buffer.alloc(512)
  header.write(path, 0)
  header.write('0000644\0', 100)
  header.write(`${text.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const body = Buffer.alloc(512)
  body.write(text)
  return gzipSync(Buffer.concat([header, body, Buffer.alloc(1024)]))
}

const objects = new Map<string, Uint8Array>([
  ['models/flight.tar.gz', tar('code/model.json', '{"a":1}')],
  ['models/evil.tar.gz', tar('../../evil', 'x')],
  ['models/plain.tar.gz', Buffer.from('plain')],
  ['models/parts/a.bin', Buffer.from('A')],
  ['models/parts/sub/b.bin', Buffer.from('B')],
])
const reader = {
  getObject: async (_scope: unknown, bucket: string, key: string) => objects.get(`${bucket}/${key}`),
  listObjects: async (_scope: unknown, bucket: string, prefix: string) =>
    [...objects.keys()]
      .filter(name => name.startsWith(`${bucket}/${prefix}`))
      .map(name => name.slice(bucket.length + 1)),
}
const fetch = (data: ModelData): Promise<string> => fetchModelData(reader, SCOPE, data, folder)

describe('model data', () => {
  it('of an archive is extracted once for equal contents', async () => {
    const base = await fetch({ bucket: 'models', key: 'flight.tar.gz', form: 'archive' })
    expect(readFileSync(join(base, 'model/code/model.json'), 'utf8')).toBe('{"a":1}')
    expect(await fetch({ bucket: 'models', key: 'flight.tar.gz', form: 'archive' })).toBe(base)
  })

  it('of a prefix keeps the paths below it', async () => {
    const base = await fetch({ bucket: 'models', key: 'parts/', form: 'prefix' })
    expect(readFileSync(join(base, 'model/a.bin'), 'utf8')).toBe('A')
    expect(readFileSync(join(base, 'model/sub/b.bin'), 'utf8')).toBe('B')
  })

  it.each([
    ['nothing.tar.gz', 's3://models/nothing.tar.gz does not exist'],
    ['plain.tar.gz', 's3://models/plain.tar.gz is no gzip file'],
    ['evil.tar.gz', 's3://models/evil.tar.gz holds "../../evil", which lies outside of the model\'s folder'],
  ])('in %s is refused and leaves nothing behind', async (key, message) => {
    const before = readdirSync(folder)
    await expect(fetch({ bucket: 'models', key, form: 'archive' })).rejects.toThrow(message)
    expect(readdirSync(folder)).toEqual(before)
  })

  it.each([
    [{}, undefined],
    [{ ModelDataUrl: 's3://b/k/m.tar.gz' }, { bucket: 'b', key: 'k/m.tar.gz', form: 'archive' }],
    [
      {
        ModelDataSource: {
          S3DataSource: { S3Uri: 's3://b/k/', S3DataType: 'S3Prefix', CompressionType: 'None' },
        },
      },
      { bucket: 'b', key: 'k/', form: 'prefix' },
    ],
    [
      {
        ModelDataSource: {
          S3DataSource: { S3Uri: 's3://b/k', S3DataType: 'S3Object', CompressionType: 'Gzip' },
        },
      },
      { bucket: 'b', key: 'k', form: 'archive' },
    ],
  ] as const)('%j is %j', (container, expected) => {
    expect(modelDataOf(container as Parameters<typeof modelDataOf>[0])).toEqual(expected)
  })

  it('elsewhere than in S3 is refused', () => {
    expect(() => modelDataOf({ ModelDataUrl: 'https://example.org/m.tar.gz' })).toThrow(
      'https://example.org/m.tar.gz is not of the form s3://bucket/key',
    )
  })
})
