import { describe, expect, it } from 'vitest'
import { refusal } from './security.ts'

const rules = { hosts: new Set(['build.internal']), origins: new Set(['https://app.example']) }

describe('a request', () => {
  it.each([
    ['from a client on this machine', { host: '127.0.0.1:4566' }],
    ['by the name localhost', { host: 'localhost:4566' }],
    ['over IPv6', { host: '[::1]:4566' }],
    ['to an API by its host name', { host: 'abc123.execute-api.localhost:4566' }],
    ['by a client that a proxy points here', { host: 'abc123.execute-api.eu-west-1.amazonaws.com' }],
    ['to a host that was allowed', { host: 'build.internal:4566' }],
    ['from a page of this machine', { host: 'localhost:4566', origin: 'http://localhost:3000' }],
    ['from an origin that was allowed', { host: 'localhost:4566', origin: 'https://app.example' }],
    [
      'from an allowed origin that the browser calls cross-site',
      { host: 'localhost:4566', origin: 'https://app.example', 'sec-fetch-site': 'cross-site' },
    ],
  ])('%s is let in', (_case, headers) => {
    expect(refusal(headers, rules)).toBeUndefined()
  })

  it.each([
    ['that names no host', {}],
    ['to a name that was rebound to this machine', { host: 'evil.example:4566' }],
    ['to a name that ends like an API of ours', { host: 'abc123.execute-api.evil.example' }],
    ['to a name that merely ends in localhost', { host: 'evillocalhost' }],
    ['from a page of a foreign site', { host: 'localhost:4566', origin: 'https://evil.example' }],
    ['from a sandboxed page', { host: 'localhost:4566', origin: 'null' }],
    [
      'that a foreign page makes without an origin',
      { host: 'localhost:4566', 'sec-fetch-site': 'cross-site' },
    ],
  ])('%s is refused', (_case, headers) => {
    expect(refusal(headers, rules)).toBeTypeOf('string')
  })
})
