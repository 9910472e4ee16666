import { describe, expect, it } from 'vitest'
import { objectAddress } from './template-source.ts'
import { createTestCloud, template, thing } from './testing.ts'

const ENDPOINT = 'http://127.0.0.1:4566'

describe('TemplateURL', () => {
  it.each([
    ['http://127.0.0.1:4566/assets/key.json', 'assets', 'key.json'],
    ['http://localhost:4566/assets/a/b.json', 'assets', 'a/b.json'],
    ['https://assets.s3.eu-west-1.amazonaws.com/a/b%20c.json', 'assets', 'a/b c.json'],
    ['https://my.assets.s3.amazonaws.com/key', 'my.assets', 'key'],
    ['https://s3.eu-west-1.amazonaws.com/assets/key', 'assets', 'key'],
    ['https://s3.amazonaws.com/assets/key', 'assets', 'key'],
    ['https://s3-eu-west-1.amazonaws.com/assets/key', 'assets', 'key'],
    ['https://s3.cn-north-1.amazonaws.com.cn/assets/key', 'assets', 'key'],
  ])('%s names an object', (url, bucket, key) => {
    expect(objectAddress(url, ENDPOINT)).toEqual({ bucket, key })
  })

  it.each([
    'https://example.com/assets/key',
    'https://amazonaws.com.evil.example/assets/key',
    'https://s3.amazonaws.com.evil.example/assets/key',
    'http://s3.amazonaws.com/assets/key',
    'http://localhost:9999/assets/key',
    'http://127.0.0.1:4566/assets',
    'https://assets.s3.amazonaws.com/key?versionId=1',
    'https://assets.s3.amazonaws.com/%E0%A4%A',
    'file:///etc/passwd',
    'not an url',
  ])('%s is refused', url => {
    expect(() => objectAddress(url, ENDPOINT)).toThrow('TemplateURL must be a supported URL.')
  })

  it('is read from our own S3', async () => {
    const cloud = createTestCloud()
    cloud.objects.set('assets/demo.json', template({ A: thing({ Name: 'a' }) }))
    await cloud.call('CreateStack', { StackName: 'demo', TemplateURL: `${ENDPOINT}/assets/demo.json` })
    expect(await cloud.status('demo')).toBe('CREATE_COMPLETE')
    await expect(
      cloud.call('CreateStack', { StackName: 'other', TemplateURL: `${ENDPOINT}/assets/nothing.json` }),
    ).rejects.toThrow('S3 error: The specified key does not exist. (assets/nothing.json)')
  })

  it('and TemplateBody are one or the other, and bounded', async () => {
    const { call } = createTestCloud()
    await expect(call('ValidateTemplate', {})).rejects.toThrow(
      'Either Template URL or Template Body must be specified.',
    )
    await expect(call('ValidateTemplate', { TemplateBody: 'x'.repeat(51_201) })).rejects.toThrow(
      /at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200$/,
    )
  })
})
