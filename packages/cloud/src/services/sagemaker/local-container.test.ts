import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { containerDirectory, parseLocalContainer, parseLocalContainerTag } from './local-container.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'sonde-test-')))
const app = join(root, 'app')
mkdirSync(join(app, 'model'), { recursive: true })
symlinkSync(root, join(app, 'escape'))
symlinkSync(join(app, 'model'), join(app, 'alias'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('sonde:container', () => {
  it('needs a command only', () => {
    expect(parseLocalContainer({ command: ['node', 'server.ts'] })).toEqual({
      command: ['node', 'server.ts'],
      directory: '.',
      environment: {},
    })
  })

  it('takes numbers and booleans of its environment as text', () => {
    const { environment } = parseLocalContainer({
      command: ['x'],
      environment: { WORKERS: 2, DEBUG: true, A: 'b' },
    })
    expect(environment).toEqual({ WORKERS: '2', DEBUG: 'true', A: 'b' })
  })

  it.each([
    ['node server.ts', 'it must be an object'],
    [null, 'it must be an object'],
    [{}, '"command" must be a list of strings'],
    [{ command: 'node server.ts' }, '"command" must be a list of strings'],
    [{ command: [] }, '"command" must be a list of strings'],
    [{ command: ['node', 1] }, '"command" must be a list of strings'],
    [{ command: [''] }, '"command" must start with the name of a program'],
    [{ command: ['a\0b'] }, 'must not contain NUL'],
    [{ command: ['x'], comand: ['y'] }, '"comand" is not one of its keys (command, directory, environment)'],
    [{ command: ['x'], directory: 7 }, '"directory" must be a path'],
    [{ command: ['x'], environment: ['A=b'] }, '"environment" must be a map of strings'],
    [{ command: ['x'], environment: { A: {} } }, '"environment.A" must be a string'],
    [{ command: ['x'], environment: { 'A=B': 'c' } }, '"environment.A=B" is no valid environment variable'],
  ])('%j is refused: %s', (value, problem) => {
    expect(() => parseLocalContainer(value)).toThrow(problem)
  })

  it('as a tag must be JSON', () => {
    expect(parseLocalContainerTag('{"command": ["./serve"]}').command).toEqual(['./serve'])
    expect(() => parseLocalContainerTag('node server.ts')).toThrow("the tag's value is not JSON")
  })
})

describe('the directory', () => {
  const resolve = (directory: string, appDirectory: string | undefined = app): string =>
    containerDirectory(appDirectory, { command: ['x'], directory, environment: {} })

  it.each([
    ['.', app],
    ['model', join(app, 'model')],
    ['./model/../model', join(app, 'model')],
    ['alias', join(app, 'model')],
  ])('%s lies in the app', (directory, path) => {
    expect(resolve(directory)).toBe(path)
  })

  it.each(['..', '../app2', 'model/../../x', 'escape', '/etc'])(
    '%s is refused: it leaves the app',
    directory => {
      expect(() => resolve(directory)).toThrow("leaves the app's folder")
    },
  )

  it('must exist', () => {
    expect(() => resolve('nothing')).toThrow(`"directory" "nothing" does not exist in the app's folder`)
  })

  it('needs an app', () => {
    expect(() => containerDirectory(undefined, { command: ['x'], directory: '.', environment: {} })).toThrow(
      'started without an app folder',
    )
  })
})
