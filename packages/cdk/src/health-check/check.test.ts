import { describe, expect, it } from 'vitest'
import { readConfiguration } from './check.ts'

const CHECK = {
  service: 'shop',
  method: 'POST',
  headers: {},
  expect: {},
  timeout: 10_000,
  url: 'https://shop.example',
  roleArn: '',
  urlParameter: '',
}

describe('the configuration of a check', () => {
  it('has no member that a template left empty', () => {
    const read = readConfiguration({ CHECK: JSON.stringify(CHECK), CHECK_BODY: '', CHECK_URL: '' })
    expect(read).toEqual({
      service: 'shop',
      method: 'POST',
      headers: {},
      expect: {},
      timeout: 10_000,
      url: 'https://shop.example',
    })
  })

  it('takes what CloudFormation cannot put into JSON from variables of their own', () => {
    const variables = {
      CHECK: JSON.stringify(CHECK),
      CHECK_BODY: '{"customer":"a \\"b\\""}',
      CHECK_EXPECT: '{"status":201}',
      CHECK_URL: 'https://other.example',
    }
    expect(readConfiguration(variables)).toMatchObject({
      body: '{"customer":"a \\"b\\""}',
      expect: { status: 201 },
      url: 'https://other.example',
    })
  })
})
