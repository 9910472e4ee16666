import { describe, expect, it } from 'vitest'
import { parseProxyResponse } from './proxy-response.ts'

const parse = (value: unknown) => parseProxyResponse(JSON.stringify(value))

describe('a Lambda proxy response', () => {
  it.each<[name: string, returned: unknown, status: number, headers: string[], body: string]>([
    [
      'is taken as given',
      { statusCode: 201, headers: { 'X-A': '1' }, body: 'hello' },
      201,
      ['X-A', '1'],
      'hello',
    ],
    ['has status 200 and no body where it names headers alone', { headers: { a: 'b' } }, 200, ['a', 'b'], ''],
    ['may give its status as digits', { statusCode: '201' }, 201, [], ''],
    ['may have null for headers', { statusCode: 200, headers: null }, 200, [], ''],
    ['may have null for a body', { statusCode: 200, body: null }, 200, [], ''],
    [
      'has booleans and numbers in headers as text',
      { headers: { bool: true, number: 3600 } },
      200,
      ['bool', 'true', 'number', '3600'],
      '',
    ],
    [
      'joins the values of a multi value header',
      { multiValueHeaders: { 'test-multi': ['value1', 'value2'] } },
      200,
      ['test-multi', 'value1, value2'],
      '',
    ],
    [
      'puts multi values before the single one of the same name',
      { multiValueHeaders: { 'test-multi': ['value-multi'] }, headers: { 'test-multi': 'value-solo' } },
      200,
      ['test-multi', 'value-multi, value-solo'],
      '',
    ],
    [
      'spells a merged name as the multi value header does',
      { multiValueHeaders: { 'tesT-Multi': ['value-multi'] }, headers: { 'test-multi': 'value-solo' } },
      200,
      ['tesT-Multi', 'value-multi, value-solo'],
      '',
    ],
    [
      'sends each cookie in a header of its own',
      { multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] } },
      200,
      ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'],
      '',
    ],
    [
      'hands on the headers of HTTP itself under another name',
      { headers: { Connection: 'close', date: 'now', Server: 'x', 'WWW-Authenticate': 'Basic' } },
      200,
      [
        ...['x-amzn-Remapped-Connection', 'close', 'x-amzn-Remapped-Date', 'now'],
        ...['x-amzn-Remapped-Server', 'x', 'x-amzn-Remapped-WWW-Authenticate', 'Basic'],
      ],
      '',
    ],
    ['loses its content-length', { headers: { 'Content-Length': '1' }, body: 'abc' }, 200, [], 'abc'],
  ])('%s', (_name, returned, status, headers, body) => {
    expect(parse(returned)).toMatchObject({ status, headers, body })
  })

  it.each<[name: string, returned: unknown]>([
    ['an empty object', {}],
    ['an unknown key', { statusCode: 200, wrongValue: 'value' }],
    ['a string', 'justAString'],
    ['an array', [1]],
    ['a number', 42],
    ['null', null],
    ['a status that is no number', { statusCode: 'test' }],
    ['a status with a fraction', { statusCode: 200.5 }],
    ['a status that HTTP does not have', { statusCode: 999 }],
    ['an informational status', { statusCode: 101 }],
    ['a body that is an object', { statusCode: 200, body: { a: 1 } }],
    ['a body that is a number', { statusCode: 200, body: 1 }],
    ['a header that is an object', { headers: { a: {} } }],
    ['a header that is a list', { headers: { a: ['b'] } }],
    ['headers that are a list', { headers: ['a'] }],
    ['a multi value header that is no list', { multiValueHeaders: { a: 'b' } }],
    ['a multi value that is an object', { multiValueHeaders: { a: [{}] } }],
    ['a header name with a blank', { headers: { 'a b': 'c' } }],
    ['a header value with a line break', { headers: { a: 'b\r\nc: d' } }],
    ['isBase64Encoded that is no boolean', { isBase64Encoded: 'yes' }],
  ])('is malformed with %s', (_name, returned) => {
    expect(parse(returned)).toBeUndefined()
  })

  it('is malformed where it is no JSON', () => {
    expect(parseProxyResponse('<html>')).toBeUndefined()
    expect(parseProxyResponse('')).toBeUndefined()
  })
})
