import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { readTar, TarError } from './tar.ts'

const folder = mkdtempSync(join(tmpdir(), 'sonde-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const LONG = `${'very-long-folder-name/'.repeat(12)}naïve-✈.txt`
writeFileSync(join(folder, 'model.onnx'), Buffer.alloc(1234, 7))
writeFileSync(join(folder, 'serve'), '#!/bin/sh\n', { mode: 0o755 })
writeFileSync(join(folder, 'empty'), '')
mkdirSync(join(folder, LONG, '..'), { recursive: true })
writeFileSync(join(folder, LONG), 'deep')

const archive = (format: string, ...names: string[]): Buffer =>
  execFileSync('tar', [`--format=${format}`, '-cf', '-', ...names], { cwd: folder })

describe('an archive', () => {
  it.each(['pax', 'gnu', 'ustar'])('in the %s format is read whole', format => {
    const names = ['model.onnx', 'serve', 'empty']
    const long = format === 'ustar' ? [] : [LONG]
    const files = [...readTar(archive(format, ...names, ...long))]
    expect(files.map(({ path }) => path)).toEqual([...names, ...long])
    expect(files.map(({ executable }) => executable)).toEqual([false, true, false, ...long.map(() => false)])
    expect(Buffer.from(files[0]?.content ?? []).equals(Buffer.alloc(1234, 7))).toBe(true)
    expect(files[2]?.content).toHaveLength(0)
  })

  it('with a link is refused by the name of the link', () => {
    symlinkSync('/etc/passwd', join(folder, 'link'))
    expect(() => [...readTar(archive('pax', 'link'))]).toThrow('"link" is a link or a device')
  })

  it('that ends early or is none is refused', () => {
    const whole = archive('gnu', 'model.onnx')
    expect(() => [...readTar(whole.subarray(0, 1000))]).toThrow('the archive ends early')
    expect(() => [...readTar(Buffer.alloc(1024, 'no tar'))]).toThrow('it is no tar archive, or damaged')
  })

  it('of any bytes gives entries or a TarError, never another error', () => {
    const whole = archive('pax', LONG, 'model.onnx')
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (place, byte) => {
        const damaged = Buffer.from(whole)
        damaged[place] = byte
        try {
          for (const entry of readTar(damaged)) expect(typeof entry.path).toBe('string')
        } catch (error) {
          expect(error).toBeInstanceOf(TarError)
        }
      }),
    )
  })
})
