import { crc32, inflateRawSync } from 'node:zlib'
import { MAXIMUM_ZIP_ENTRIES } from '../limits.ts'

/** The bytes are no zip archive that we can unpack, or one that would do harm; the message says which. */
export class ZipError extends Error {
  override readonly name = 'ZipError' as const
}

/** The archive unpacks to more than the limit. */
export class ZipTooLargeError extends ZipError {}

export interface ZipEntry {
  /** Relative, with `/`, without `.` and `..`. Ends with `/` for a folder. */
  readonly path: string
  /** Unix permission bits, or 0 where the archive has none. */
  readonly mode: number
  /** Bytes when unpacked. */
  readonly size: number
  /** Unpacks the entry. @throws ZipError */
  read(): Uint8Array
}

const END_SIGNATURE = 0x06054b50
const END_SIZE = 22
const LONGEST_COMMENT = 0xffff
const CENTRAL_SIGNATURE = 0x02014b50
const CENTRAL_SIZE = 46
const LOCAL_SIGNATURE = 0x04034b50
const LOCAL_SIZE = 30
const STORED = 0
const DEFLATED = 8
const ENCRYPTED = 0x1
const MADE_ON_UNIX = 3
const TYPE_MASK = 0o170000
const SYMBOLIC_LINK = 0o120000
const PERMISSIONS = 0o777
const ZIP64 = 0xffffffff

const findEnd = (archive: Buffer): number => {
  const lowest = Math.max(0, archive.length - END_SIZE - LONGEST_COMMENT)
  for (let at = archive.length - END_SIZE; at >= lowest; at--) {
    if (archive.readUInt32LE(at) === END_SIGNATURE) return at
  }
  throw new ZipError('no end of central directory')
}

/** The entry's name as a path inside the folder. @throws ZipError where it points out of it */
const confine = (name: string): string => {
  const path = name.replaceAll('\\', '/')
  const parts = path.split('/')
  const isOutside =
    path.startsWith('/') || /^[a-zA-Z]:/.test(path) || parts.includes('..') || path.includes('\0')
  if (isOutside || path === '')
    throw new ZipError(`the entry ${JSON.stringify(name)} points out of the package`)
  return parts.filter((part, index) => part !== '.' && (part !== '' || index === parts.length - 1)).join('/')
}

const readEntry = (archive: Buffer, name: string, at: number): (() => Uint8Array) => {
  const method = archive.readUInt16LE(at + 10)
  const checksum = archive.readUInt32LE(at + 16)
  const packedSize = archive.readUInt32LE(at + 20)
  const size = archive.readUInt32LE(at + 24)
  const local = archive.readUInt32LE(at + 42)
  return () => {
    if (local + LOCAL_SIZE > archive.length || archive.readUInt32LE(local) !== LOCAL_SIGNATURE) {
      throw new ZipError(`${name}: no local header`)
    }
    const start = local + LOCAL_SIZE + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
    const packed = archive.subarray(start, start + packedSize)
    if (packed.length !== packedSize) throw new ZipError(`${name}: cut off`)
    let content: Uint8Array
    if (method === STORED) content = packed
    else if (method === DEFLATED) {
      try {
        content = size === 0 ? new Uint8Array() : inflateRawSync(packed, { maxOutputLength: size })
      } catch (cause) {
        throw new ZipError(`${name}: damaged`, { cause })
      }
    } else throw new ZipError(`${name}: compression method ${method}`)
    if (content.length !== size || crc32(content) !== checksum) throw new ZipError(`${name}: damaged`)
    return content
  }
}

/**
 * Reads the directory of a zip archive. Nothing is unpacked before {@link ZipEntry.read}, and what an entry claims of
 * its size holds.
 *
 * @param maximumSize bytes of all entries together
 * @throws ZipError where the archive is damaged or encrypted, has links or points out of its folder
 */
export const readZip = (bytes: Uint8Array, maximumSize: number): ZipEntry[] => {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (archive.length < END_SIZE) throw new ZipError('too short')
  const end = findEnd(archive)
  const count = archive.readUInt16LE(end + 10)
  let at = archive.readUInt32LE(end + 16)
  if (count === 0xffff || at === ZIP64) throw new ZipError('ZIP64 archives are not supported')
  if (count > MAXIMUM_ZIP_ENTRIES) throw new ZipError(`more than ${MAXIMUM_ZIP_ENTRIES} entries`)
  const entries: ZipEntry[] = []
  let total = 0
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_SIZE > end || archive.readUInt32LE(at) !== CENTRAL_SIGNATURE) {
      throw new ZipError('damaged central directory')
    }
    const nameEnd = at + CENTRAL_SIZE + archive.readUInt16LE(at + 28)
    const path = confine(archive.toString('utf8', at + CENTRAL_SIZE, nameEnd))
    const unixMode = archive.readUInt8(at + 5) === MADE_ON_UNIX ? archive.readUInt32LE(at + 38) >>> 16 : 0
    if ((unixMode & TYPE_MASK) === SYMBOLIC_LINK)
      throw new ZipError(`${path}: symbolic links are not supported`)
    if (archive.readUInt16LE(at + 8) & ENCRYPTED) throw new ZipError(`${path}: encrypted`)
    const size = archive.readUInt32LE(at + 24)
    if (size === ZIP64) throw new ZipError('ZIP64 archives are not supported')
    total += size
    if (total > maximumSize) throw new ZipTooLargeError(`unpacks to more than ${maximumSize} bytes`)
    entries.push({ path, mode: unixMode & PERMISSIONS, size, read: readEntry(archive, path, at) })
    at = nameEnd + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32)
  }
  return entries
}
