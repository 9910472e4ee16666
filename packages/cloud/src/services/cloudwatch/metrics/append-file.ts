import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'

/** A file that grows by whole writes: one that fails leaves nothing behind. */
export interface AppendFile {
  readonly size: number
  append(bytes: Uint8Array): void
  /** Cuts what is behind `size`. */
  truncate(size: number): void
  close(): void
}

/** Opens a file for appending, made where missing. What `append` returned for survives the process being killed. */
export const openAppendFile = (path: string): AppendFile => {
  const file = openSync(path, 'a')
  let { size } = fstatSync(file)
  return {
    get size() {
      return size
    },
    append: bytes => {
      try {
        for (let written = 0; written < bytes.length; ) {
          written += writeSync(file, bytes, written, bytes.length - written)
        }
      } catch (error) {
        // A full disk may take a part: what follows must not be appended to that part.
        ftruncateSync(file, size)
        throw error
      }
      size += bytes.length
    },
    truncate: to => {
      ftruncateSync(file, to)
      size = to
    },
    close: () => closeSync(file),
  }
}
