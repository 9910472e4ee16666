import { spawnSync } from 'node:child_process'
import { strToU8, zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LambdaUnderTest, startLambda } from './testing/start-lambda.ts'

/** The bootstrap of AWS's tutorial for custom runtimes: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-walkthrough.html */
const SHELL_BOOTSTRAP = `#!/bin/sh
set -eu
API="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
while true; do
  HEADERS="$TMPDIR/headers"
  EVENT=$(curl -sS -LD "$HEADERS" "$API/invocation/next")
  ID=$(grep -Fi Lambda-Runtime-Aws-Request-Id "$HEADERS" | tr -d '[:space:]' | cut -d: -f2)
  case "$EVENT" in
    *fail*) curl -sS "$API/invocation/$ID/error" -H 'Lambda-Runtime-Function-Error-Type: Custom.Failure' -d '{"errorType":"Custom.Failure","errorMessage":"as asked"}' ;;
    *large*) head -c 2000000 /dev/zero | tr '\\0' 1 | sed 's/^/"/;s/$/"/' | curl -sS -H 'Transfer-Encoding: chunked' -X POST --data-binary @- "$API/invocation/$ID/response" ;;
    *) curl -sS -X POST "$API/invocation/$ID/response" -d "{\\"got\\":$EVENT}" ;;
  esac
done
`

/** Calls its own Runtime API as no runtime should, and returns the status lines. */
const MEDDLER = `
const net = require('node:net')
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':')
const ask = text => new Promise(resolve => {
  let answer = ''
  const socket = net.connect({ host, port }, () => socket.end(text))
  socket.on('data', data => { answer += data }).on('close', () => resolve(answer.split('\\r\\n')[0])).on('error', () => {})
})
const post = (path, headers = '') => ask('POST /2018-06-01/runtime' + path + ' HTTP/1.1\\r\\n' + headers + 'Content-Length: 2\\r\\n\\r\\n{}')
exports.handler = async (event, context) => ({
  garbage: await ask('\\0\\x01\\x02 garbage\\r\\n\\r\\n'),
  nothing: await ask(''),
  half: await ask('POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\\r\\nContent-Length: 999\\r\\n\\r\\n{'),
  otherId: await post('/invocation/00000000-0000-0000-0000-000000000000/response'),
  initError: await post('/init/error'),
  elsewhere: await post('/elsewhere'),
  nextWhileBusy: await ask('GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\nConnection: close\\r\\n\\r\\n'),
  streaming: await post('/invocation/' + context.awsRequestId + '/response', 'Lambda-Runtime-Function-Response-Mode: streaming\\r\\n'),
})`

describe('the Runtime API', () => {
  let cloud: LambdaUnderTest
  beforeAll(async () => {
    cloud = await startLambda()
  })
  afterAll(() => cloud.stop())

  it('outlives whatever a function does to it, and refuses by its own errors', async () => {
    await cloud.create('meddler', MEDDLER)
    const { payload, error } = await cloud.invoke('meddler')
    expect(error).toBeUndefined()
    expect(payload).toEqual({
      garbage: 'HTTP/1.1 400 Bad Request',
      nothing: '',
      half: '',
      otherId: 'HTTP/1.1 400 Bad Request',
      initError: 'HTTP/1.1 403 Forbidden',
      elsewhere: 'HTTP/1.1 404 Not Found',
      nextWhileBusy: 'HTTP/1.1 403 Forbidden',
      streaming: 'HTTP/1.1 501 Not Implemented',
    })
    expect((await cloud.invoke('meddler')).error).toBeUndefined()
  })

  it('refuses to run a package without a bootstrap', async () => {
    await cloud.create('no-bootstrap', '', { Runtime: 'provided.al2023' })
    expect((await cloud.invoke('no-bootstrap')).payload).toEqual({
      errorType: 'Runtime.InvalidEntrypoint',
      errorMessage: expect.stringMatching(
        /^RequestId: .* Error: Couldn't find valid bootstrap\(s\): \[\/var\/task\/bootstrap \/opt\/bootstrap\]$/,
      ),
    })
  })

  const hasCurl = spawnSync('curl', ['--version']).status === 0
  it.skipIf(!hasCurl)(
    "serves a runtime in another language: a shell script with curl, from AWS's tutorial",
    async () => {
      const attrs = 0o100755 << 16
      const archive = zipSync({ bootstrap: [strToU8(SHELL_BOOTSTRAP), { os: 3, attrs }] })
      await cloud.create('shell', '', { Runtime: 'provided.al2023', Code: { ZipFile: archive }, Timeout: 10 })
      expect((await cloud.invoke('shell', { a: 1 })).payload).toEqual({ got: { a: 1 } })
      expect(await cloud.invoke('shell', { a: 'fail' })).toMatchObject({
        error: 'Unhandled',
        payload: { errorType: 'Custom.Failure', errorMessage: 'as asked' },
      })
      expect((await cloud.invoke('shell', { a: 'large' })).payload).toHaveLength(2_000_000)
      expect((await cloud.invoke('shell', { a: 2 })).payload).toEqual({ got: { a: 2 } })
    },
  )
})
