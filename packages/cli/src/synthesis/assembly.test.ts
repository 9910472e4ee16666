import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readAssembly } from './assembly.ts'

const fallback = { account: '000000000000', region: 'us-east-1' }

const assemblyOf = (files: Readonly<Record<string, unknown>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-assembly-'))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), JSON.stringify(content))
  }
  return folder
}

const stack = (templateFile: string, more: object = {}) => ({
  type: 'aws:cloudformation:stack',
  environment: 'aws://unknown-account/unknown-region',
  properties: { templateFile },
  ...more,
})

describe('a cloud assembly', () => {
  it('gives its stacks after those they depend on', () => {
    const folder = assemblyOf({
      'manifest.json': {
        artifacts: {
          Api: stack('api.json', { dependencies: ['Data'] }),
          Data: stack('data.json'),
        },
      },
      'api.json': {},
      'data.json': {},
    })
    expect(readAssembly(folder, fallback).map(({ stackName }) => stackName)).toEqual(['Data', 'Api'])
  })

  it('places a stack where the app pins it, and here otherwise', () => {
    const folder = assemblyOf({
      'manifest.json': {
        artifacts: {
          Here: stack('t.json'),
          There: stack('t.json', { environment: 'aws://111111111111/eu-west-1' }),
        },
      },
      't.json': {},
    })
    expect(readAssembly(folder, fallback).map(({ account, region }) => `${account} ${region}`)).toEqual([
      '000000000000 us-east-1',
      '111111111111 eu-west-1',
    ])
  })

  it('names the bucket of an asset in the account of its stack, and counts images', () => {
    const folder = assemblyOf({
      'manifest.json': {
        artifacts: {
          Assets: { type: 'cdk:asset-manifest', properties: { file: 'assets.json' } },
          Api: stack('api.json', { dependencies: ['Assets'] }),
        },
      },
      'assets.json': {
        files: {
          abc: {
            source: { path: 'asset.abc', packaging: 'zip' },
            destinations: {
              here: { bucketName: 'assets-${AWS::AccountId}-${AWS::Region}', objectKey: 'abc.zip' },
            },
          },
        },
        dockerImages: { image: {} },
      },
      'api.json': {},
    })
    const [artifact] = readAssembly(folder, fallback)
    expect(artifact?.assets).toEqual([
      {
        path: join(folder, 'asset.abc'),
        packaging: 'zip',
        bucket: 'assets-000000000000-us-east-1',
        key: 'abc.zip',
      },
    ])
    expect(artifact?.imageAssets).toBe(1)
  })

  it('includes the stacks of stages, which are assemblies of their own', () => {
    const folder = assemblyOf({
      'manifest.json': {
        artifacts: { Stage: { type: 'cdk:cloud-assembly', properties: { directoryName: 'stage' } } },
      },
      'stage/manifest.json': { artifacts: { Inner: stack('t.json') } },
      'stage/t.json': {},
    })
    expect(readAssembly(folder, fallback).map(({ stackName }) => stackName)).toEqual(['Inner'])
  })
})
