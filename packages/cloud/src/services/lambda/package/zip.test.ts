import fc from 'fast-check'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { readZip, ZipError, ZipTooLargeError } from './zip.ts'

const LIMIT = 1_000_000
const UNIX = 3
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

describe('a package', () => {
  it('unpacks to what was packed', () => {
    const names = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8}){0,2}$/)
    fc.assert(
      fc.property(
        fc.dictionary(names, fc.uint8Array({ maxLength: 2000 }), { noNullPrototype: true }),
        files => {
          const archive = zipSync(
            Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${name}.js`, bytes])),
          )
          const found = Object.fromEntries(
            readZip(archive, LIMIT * 100).map(entry => [entry.path, text(entry.read())]),
          )
          expect(found).toEqual(
            Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${name}.js`, text(bytes)])),
          )
        },
      ),
    )
  })

  it('keeps the permission to execute', () => {
    const attrs = 0o100755 << 16
    const [entry] = readZip(zipSync({ bootstrap: [strToU8('#!/bin/sh'), { os: UNIX, attrs }] }), LIMIT)
    expect(entry?.mode).toBe(0o755)
  })

  it.each(['../outside', 'a/../../outside', '/etc/passwd', 'C:/windows', 'a\\..\\..\\b'])(
    'with the entry %s is refused',
    path => {
      expect(() => readZip(zipSync({ [path]: strToU8('x') }), LIMIT)).toThrow(/points out of the package/)
    },
  )

  it('with a symbolic link is refused', () => {
    const archive = zipSync({ link: [strToU8('/etc'), { os: UNIX, attrs: 0o120777 << 16 }] })
    expect(() => readZip(archive, LIMIT)).toThrow(/symbolic links/)
  })

  it('that unpacks to too much is refused before anything is unpacked', () => {
    const archive = zipSync({ zeros: new Uint8Array(LIMIT + 1) })
    expect(() => readZip(archive, LIMIT)).toThrow(ZipTooLargeError)
  })

  it('that lies about a size is refused', () => {
    const archive = Buffer.from(zipSync({ zeros: new Uint8Array(100_000) }))
    const central = archive.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]))
    archive.writeUInt32LE(10, central + 24)
    const [entry] = readZip(archive, LIMIT)
    expect(() => entry?.read()).toThrow(ZipError)
  })

  it('of damaged bytes gives a ZipError and nothing else', () => {
    const archive = zipSync({ 'index.js': strToU8('exports.handler = async () => 1'.repeat(20)) })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { minLength: 1 }), changes => {
        const damaged = Buffer.from(archive)
        for (const [at, value] of changes) damaged[at] = value
        try {
          for (const entry of readZip(damaged, LIMIT)) entry.read()
        } catch (error) {
          expect(error).toBeInstanceOf(ZipError)
        }
      }),
    )
  })
})
