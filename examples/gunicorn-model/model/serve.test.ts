import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { python, whatIsMissing } from '../testing/python.ts'

const folder = mkdtempSync(join(tmpdir(), 'sonde-python-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const venv = await python(['-m', 'venv', '--without-pip', folder])
const missing = await whatIsMissing()
const here = venv.code === 0 ? '' : ` (${venv.output})`

describe.skipIf(venv.code !== 0)(`python3 serve.py in a Python that has nothing${here}`, () => {
  const bin = join(folder, 'bin')
  const bare = join(bin, 'python3')

  it.each([[['serve']], [['--check']]])('%s says what is missing and how to install it', async args => {
    const { code, output } = await python(['serve.py', ...args], { PATH: bin }, bare)
    expect(code).toBe(1)
    const [first, second, third] = output.trim().split('\n')
    expect(first).toBe('The model server cannot start here.')
    expect(second).toContain(`(${bare}) has no gunicorn, aws_xray_sdk, botocore, wrapt.`)
    expect(third).toMatch(/python3 -m pip install -r \/.*\/requirements\.txt$/)
  })

  it.skipIf(missing !== undefined)('finds another on the PATH that has all of it', async () => {
    const { PATH = '' } = process.env
    const { code, output } = await python(['serve.py', '--check'], { PATH: `${bin}:${PATH}` }, bare)
    expect([code, output]).toEqual([0, ''])
  })
})

describe.skipIf(missing !== undefined)('python3 serve.py', () => {
  const start = { MODEL_FILE: '../../flight-delay/model/model.onnx', SAGEMAKER_BIND_TO_PORT: '0' }

  it.each([
    ['a model that is missing', { MODEL_FILE: 'nowhere.onnx' }, 'nowhere.onnx'],
    ['a model that is none', { MODEL_FILE: 'server.py' }, 'The file is not an ONNX model'],
    [
      'a port that is none',
      { SAGEMAKER_BIND_TO_PORT: 'http' },
      'SAGEMAKER_BIND_TO_PORT must be a whole number',
    ],
    ['no workers', { SAGEMAKER_MODEL_SERVER_WORKERS: '0' }, 'SAGEMAKER_MODEL_SERVER_WORKERS must be'],
  ])('ends at once with %s, and says so', async (_what, env, message) => {
    const { code, output } = await python(['serve.py'], { ...start, ...env })
    expect(code).not.toBe(0)
    expect(output).toContain(message)
  })
})
