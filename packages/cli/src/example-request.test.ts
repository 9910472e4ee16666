import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { curlLine } from './example-request.ts'

describe('the curl line', () => {
  it('survives the shell, quotes included', () => {
    const body = { note: `it's "quoted" $HOME \\n` }
    const line = curlLine({ output: 'Url', method: 'POST', body }, 'http://127.0.0.1:4566/x')
    const words = execFileSync('sh', ['-c', line.replace(/^curl/, "printf '%s\\n'")], { encoding: 'utf8' })
    expect(words.trimEnd().split('\n')).toEqual([
      '-s',
      'http://127.0.0.1:4566/x',
      '-H',
      'content-type: application/json',
      '-d',
      JSON.stringify(body),
    ])
  })

  it('names the method where curl would choose another', () => {
    expect(curlLine({ output: 'Url', method: 'GET' }, 'http://h/')).toBe('curl -s http://h/')
    expect(curlLine({ output: 'Url', method: 'DELETE' }, 'http://h/')).toBe('curl -s -X DELETE http://h/')
  })
})
