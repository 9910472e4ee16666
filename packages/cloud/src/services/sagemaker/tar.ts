const BLOCK = 512
const DAMAGED = 'it is no tar archive, or damaged'

export interface TarEntry {
  /** As the archive has it: relative or not, confined or not. */
  readonly path: string
  readonly type: 'file' | 'directory'
  /** The file may be run. */
  readonly executable: boolean
  readonly content: Uint8Array
}

/** What is wrong with an archive. */
export class TarError extends Error {
  override readonly name = 'TarError' as const
}

const text = (block: Uint8Array, from: number, length: number): string => {
  const field = block.subarray(from, from + length)
  const end = field.indexOf(0)
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString('utf8')
}

/** Octal digits, or GNU's binary form for what does not fit them. */
const numeric = (block: Uint8Array, from: number, length: number): number => {
  if (((block[from] ?? 0) & 0x80) !== 0) {
    let value = (block[from] ?? 0) & 0x7f
    for (let index = from + 1; index < from + length; index++) value = value * 256 + (block[index] ?? 0)
    return value
  }
  const digits = text(block, from, length).trim()
  if (!/^[0-7]*$/.test(digits)) throw new TarError(DAMAGED)
  return digits === '' ? 0 : Number.parseInt(digits, 8)
}

const checkSum = (block: Uint8Array): void => {
  let sum = 0
  for (let index = 0; index < BLOCK; index++) {
    sum += index >= 148 && index < 156 ? 0x20 : (block[index] ?? 0)
  }
  if (numeric(block, 148, 8) !== sum) throw new TarError(DAMAGED)
}

/** A pax header: lines of `<length> <key>=<value>`. */
const paxRecords = (content: Uint8Array): Map<string, string> => {
  const records = new Map<string, string>()
  const bytes = Buffer.from(content)
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at)
    const length = Number(bytes.toString('latin1', at, Math.max(at, space)))
    if (space < 0 || !Number.isInteger(length) || length <= 0 || at + length > bytes.length) {
      throw new TarError('the archive has a damaged pax header')
    }
    const record = bytes.toString('utf8', space + 1, at + length - 1)
    const equals = record.indexOf('=')
    records.set(record.slice(0, equals), record.slice(equals + 1))
    at += length
  }
  return records
}

const nameOf = (block: Uint8Array): string => {
  const name = text(block, 0, 100)
  // GNU's own format ("ustar  ") uses the prefix's place for other things.
  const prefix = text(block, 257, 8) === 'ustar' ? text(block, 345, 155) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

/**
 * The files and folders of a tar archive (ustar, pax or GNU), in its order.
 *
 * @throws TarError when it is damaged, or holds links or devices
 */
export function* readTar(archive: Uint8Array): Generator<TarEntry> {
  let longName: string | undefined
  let pax = new Map<string, string>()
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const block = archive.subarray(at, at + BLOCK)
    if (block.every(byte => byte === 0)) return
    checkSum(block)
    const type = String.fromCharCode(block[156] ?? 0)
    const size = Number(pax.get('size') ?? numeric(block, 124, 12))
    const start = at + BLOCK
    if (!Number.isSafeInteger(size) || size < 0 || start + size > archive.length) {
      throw new TarError('the archive ends early')
    }
    const content = archive.subarray(start, start + size)
    at = start + Math.ceil(size / BLOCK) * BLOCK
    if (type === 'L') longName = text(content, 0, content.length)
    else if (type === 'x') pax = paxRecords(content)
    else if (type !== 'g') {
      const path = pax.get('path') ?? longName ?? nameOf(block)
      if (type !== '0' && type !== '\0' && type !== '7' && type !== '5') {
        throw new TarError(`"${path}" is a link or a device; only files and folders are extracted`)
      }
      const directory = type === '5' || path.endsWith('/')
      const executable = (numeric(block, 100, 8) & 0o111) !== 0
      yield { path, type: directory ? 'directory' : 'file', executable, content }
      longName = undefined
      pax = new Map()
    }
  }
}
