import { describe, expect, it } from 'vitest'
import { localUrl } from './execute-api-url.ts'

const ENDPOINT = 'http://127.0.0.1:4566'

describe('a stack output', () => {
  it.each([
    [
      'https://abc123.execute-api.us-east-1.amazonaws.com/prod/predictions',
      'http://127.0.0.1:4566/_aws/execute-api/abc123/prod/predictions',
    ],
    [
      'https://abc123.execute-api.cn-north-1.amazonaws.com.cn/prod/',
      'http://127.0.0.1:4566/_aws/execute-api/abc123/prod/',
    ],
    [
      'see https://a1.execute-api.us-east-1.amazonaws.com/x and y',
      'see http://127.0.0.1:4566/_aws/execute-api/a1/x and y',
    ],
    ['https://example.com/execute-api', 'https://example.com/execute-api'],
  ])('%s is printed as %s', (value, expected) => {
    expect(localUrl(value, ENDPOINT)).toBe(expected)
  })
})
