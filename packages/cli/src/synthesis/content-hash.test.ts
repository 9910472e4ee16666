import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { contentHash } from './content-hash.ts'

let workspace: string
let app: string
const write = (path: string, text: string) => writeFileSync(join(workspace, path), text)

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'sonde-hash-'))
  app = join(workspace, 'app')
  for (const folder of ['app/infra', 'app/.sonde', 'library', 'node_modules']) {
    mkdirSync(join(workspace, folder), { recursive: true })
  }
  write('package-lock.json', '{}')
  write('app/package.json', '{"dependencies":{"library":"1"}}')
  write('app/infra/app.ts', 'a')
  write('library/index.ts', 'l')
  symlinkSync(join(workspace, 'library'), join(workspace, 'node_modules', 'library'))
})

describe('the content of an app', () => {
  it('is the same while nothing changes that a synthesis reads', () => {
    const before = contentHash(app, {})
    write('app/.sonde/state', 'changed')
    expect(contentHash(app, {})).toBe(before)
  })

  it.each([
    ['one of its files', 'app/infra/app.ts'],
    ['a package of the same workspace that it links', 'library/index.ts'],
    ['what is installed', 'package-lock.json'],
  ])('changes with %s', (_case, path) => {
    const before = contentHash(app, {})
    write(path, '{"changed":1}')
    expect(contentHash(app, {})).not.toBe(before)
  })

  it('changes with the account it is synthesized for', () => {
    expect(contentHash(app, { account: '1' })).not.toBe(contentHash(app, { account: '2' }))
  })
})
