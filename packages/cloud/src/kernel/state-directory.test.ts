import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { takeStateDirectory } from './state-directory.ts'

let path: string
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'sonde-state-')), '.sonde')
})

describe('a state directory', () => {
  it('is taken over from a process that was killed', () => {
    takeStateDirectory(path)
    // No process has the highest id that Linux can give.
    writeFileSync(join(path, 'lock'), '4194304')
    expect(() => takeStateDirectory(path)).not.toThrow()
  })

  it('is refused while another Sonde has it', () => {
    takeStateDirectory(path)
    writeFileSync(join(path, 'lock'), String(process.ppid))
    expect(() => takeStateDirectory(path)).toThrow(`is in use by the Sonde with process id ${process.ppid}`)
  })

  it('of another version is refused instead of misread', () => {
    takeStateDirectory(path).release()
    writeFileSync(join(path, 'format'), '99\n')
    expect(() => takeStateDirectory(path)).toThrow('was written by another version of Sonde')
  })
})
