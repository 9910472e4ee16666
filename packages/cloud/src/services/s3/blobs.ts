import { createHash } from 'node:crypto'
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { copyFile, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { hex } from '../../kernel/ids.ts'
import { type ChecksumMember, type Checksums, createChecksum } from './checksums.ts'
import { entityTooLarge } from './errors.ts'

/** What one PUT may carry: 5 GB. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MAX_PUT_BYTES = 5 * 1024 ** 3

/** Bytes in a file whose name is random: no key ever becomes a path. A blob is never changed. */
export interface Blob {
  readonly id: string
  /** In bytes. */
  readonly size: number
}

/** A blob as it was written. */
export interface WrittenBlob extends Blob {
  /** In hexadecimal. */
  readonly md5: string
  readonly checksums: Checksums
}

export interface Blobs {
  /**
   * Writes a blob, whole or not at all: it appears under its name when all its bytes are there.
   *
   * @param wanted the checksums to compute besides the MD5
   */
  write(
    body: Readable | undefined,
    wanted?: readonly ChecksumMember[],
    maxBytes?: number,
  ): Promise<WrittenBlob>
  /** Writes the bytes of several one after the other. */
  join(parts: readonly Blob[], wanted?: readonly ChecksumMember[]): Promise<WrittenBlob>
  copy(blob: Blob): Promise<Blob>
  /** `start` and `end` are inclusive. */
  stream(blob: Blob, start?: number, end?: number): Readable
  read(blob: Blob): Promise<Buffer>
  /** In the background: a reader of an open stream keeps its bytes. */
  remove(blob: Blob): void
  /** Removes what no record names: what a kill left behind. */
  sweep(named: ReadonlySet<string>): void
  clear(): void
}

/** @param root a folder of its own */
export const createBlobs = (root: () => string): Blobs => {
  const folder = (): string => {
    const path = join(root(), 'blobs')
    if (!existsSync(path)) mkdirSync(path, { recursive: true })
    return path
  }
  const pathOf = (id: string): string => join(folder(), id)

  const write: Blobs['write'] = async (body, wanted = [], maxBytes = MAX_PUT_BYTES) => {
    const id = hex(32)
    const temporary = pathOf(`${id}.part`)
    const md5 = createHash('md5')
    const checksums = wanted.map(member => [member, createChecksum(member)] as const)
    let size = 0
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        size += chunk.length
        if (size > maxBytes) {
          done(entityTooLarge())
          return
        }
        md5.update(chunk)
        for (const [, checksum] of checksums) checksum.update(chunk)
        done(null, chunk)
      },
    })
    try {
      await pipeline(body ?? Readable.from([]), measure, createWriteStream(temporary))
      await rename(temporary, pathOf(id))
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
    return {
      id,
      size,
      md5: md5.digest('hex'),
      checksums: Object.fromEntries(checksums.map(([member, checksum]) => [member, checksum.digest()])),
    }
  }

  const stream: Blobs['stream'] = (blob, start, end) =>
    createReadStream(pathOf(blob.id), {
      ...(start !== undefined && { start }),
      ...(end !== undefined && { end }),
    })

  return {
    write,
    stream,
    join: (parts, wanted) => {
      const all = async function* () {
        for (const part of parts) yield* stream(part)
      }
      return write(Readable.from(all(), { objectMode: false }), wanted, Number.POSITIVE_INFINITY)
    },
    copy: async blob => {
      const id = hex(32)
      await copyFile(pathOf(blob.id), pathOf(`${id}.part`))
      await rename(pathOf(`${id}.part`), pathOf(id))
      return { id, size: blob.size }
    },
    read: blob => readFile(pathOf(blob.id)),
    remove: blob => {
      // What cannot be removed now is swept at the next start.
      rm(pathOf(blob.id), { force: true }).catch(() => {})
    },
    sweep: named => {
      for (const name of readdirSync(root())) {
        if (name !== 'blobs') rmSync(join(root(), name), { recursive: true, force: true })
      }
      for (const name of readdirSync(folder())) {
        if (!named.has(name)) rmSync(pathOf(name), { force: true })
      }
    },
    clear: () => {
      const discarded = join(root(), `discarded-${hex(8)}`)
      renameSync(folder(), discarded)
      rm(discarded, { recursive: true, force: true }).catch(() => {})
    },
  }
}
