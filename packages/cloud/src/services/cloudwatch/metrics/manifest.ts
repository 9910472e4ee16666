import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { BlockInfo } from './block.ts'

/** Which files count: all others are remains of a flush that was killed. */
export interface Manifest {
  /** The first segment of the log that is not in blocks. */
  readonly log: number
  readonly blocks: readonly BlockInfo[]
}

const VERSION = 1

/** @throws Error naming the file where it cannot be read */
export const readManifest = (path: string): Manifest => {
  if (!existsSync(path)) return { log: 1, blocks: [] }
  try {
    const { version, log, blocks } = JSON.parse(readFileSync(path, 'utf8'))
    if (version === VERSION && Number.isInteger(log) && Array.isArray(blocks)) return { log, blocks }
  } catch {
    // Told below.
  }
  throw new Error(`${path} is damaged. Start over with: sonde reset`)
}

/** Replaces the manifest as a whole. */
export const writeManifest = (path: string, manifest: Manifest): void => {
  const draft = `${path}.new`
  writeFileSync(draft, JSON.stringify({ version: VERSION, ...manifest }))
  renameSync(draft, path)
}
