import { describe, expect, it } from 'vitest'
import { python } from '../testing/python.ts'

const interpreter = await python(['--version'])
const here = interpreter.code === 0 ? '' : ` (${interpreter.output})`

describe.skipIf(interpreter.code !== 0)(`the Python modules of the model server${here}`, () => {
  it('pass their unit tests', async () => {
    const { code, output } = await python(['-m', 'unittest', 'discover', '--pattern', '*_test.py'])
    expect(output).toMatch(/^Ran [1-9]\d* tests/m)
    expect(code, output).toBe(0)
  })
})
