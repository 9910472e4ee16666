import { closeSync, openSync, readdirSync, readSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Where blocks lie: files, or memory in ephemeral mode. Blocks are numbered and never change once written. */
export interface BlockStorage {
  create(block: number): BlockOutput
  read(block: number, offset: number, length: number): Buffer
  remove(block: number): void
  /** Removes all that are not among these. */
  keepOnly(blocks: ReadonlySet<number>): void
}

export interface BlockOutput {
  write(bytes: Uint8Array): void
  close(): void
}

const NAME = /^block-(\d{8})\.bin$/

const writeAll = (file: number, bytes: Uint8Array): void => {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(file, bytes, written, bytes.length - written)
  }
}

export const fileStorage = (folder: string): BlockStorage => {
  const pathOf = (block: number): string => join(folder, `block-${String(block).padStart(8, '0')}.bin`)
  const remove = (block: number): void => rmSync(pathOf(block), { force: true })
  return {
    create: block => {
      const file = openSync(pathOf(block), 'w')
      return { write: bytes => writeAll(file, bytes), close: () => closeSync(file) }
    },
    read: (block, offset, length) => {
      const bytes = Buffer.allocUnsafeSlow(length)
      const file = openSync(pathOf(block), 'r')
      try {
        for (let got = 0; got < length; ) {
          const more = readSync(file, bytes, got, length - got, offset + got)
          if (more === 0) throw new Error(`${pathOf(block)} is damaged. Start over with: sonde reset`)
          got += more
        }
      } finally {
        closeSync(file)
      }
      return bytes
    },
    remove,
    keepOnly: blocks => {
      for (const name of readdirSync(folder)) {
        const number = NAME.exec(name)?.[1]
        if (number !== undefined && !blocks.has(Number(number))) remove(Number(number))
      }
    },
  }
}

export const memoryStorage = (): BlockStorage => {
  const blocks = new Map<number, Buffer>()
  return {
    create: block => {
      const parts: Buffer[] = []
      return {
        write: bytes => parts.push(Buffer.from(bytes)),
        close: () => blocks.set(block, Buffer.concat(parts)),
      }
    },
    read: (block, offset, length) => (blocks.get(block) ?? Buffer.alloc(0)).subarray(offset, offset + length),
    remove: block => blocks.delete(block),
    keepOnly: kept => {
      for (const block of blocks.keys()) if (!kept.has(block)) blocks.delete(block)
    },
  }
}
