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
      let written = 0
      try {
        while (written < bytes.length) {
          written += writeSync(file, bytes, written, bytes.length - written)
        }
      } catch (error) {
        // A full disk may take a part: what follows must not be appended to that part.
        if (written > 0) ftruncateSync(file, size)
        throw error
      }
      size += bytes.length
    },
    truncate: to => {
      if (to === size) return
      ftruncateSync(file, to)
      size = to
    },
    close: () => closeSync(file),
  }
}
