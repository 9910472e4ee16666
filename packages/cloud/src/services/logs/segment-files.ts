import { readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogEvent } from '../../kernel/ports.ts'
import {
  fileName,
  MAX_LINES,
  newSegment,
  parseFileName,
  readLines,
  type Segment,
  type StoredEvent,
  widen,
  writeLine,
} from './segment.ts'

/** A segment is sealed at this size, which bounds what one page of a query reads too much. */
const SEGMENT_BYTES = 1024 ** 2
/** What is written is on its way to the disk within this time (ms, real), or at once when there is this much. */
const FLUSH_INTERVAL = 50
const FLUSH_BYTES = 64 * 1024
/** What may wait for a disk that does not keep up; events beyond it are dropped, and their number is logged. */
const MAX_PENDING_BYTES = 32 * 1024 ** 2
const MAX_OPEN_FILES = 64
/** PutLogEvents takes no more events at once. */
const MAX_BATCH = 10_000

interface OpenSegment {
  readonly segment: Segment
  /** Lines not handed to the system yet. */
  pending: string[]
  pendingBytes: number
  /** Bytes that the file has. */
  written: number
  file: FileHandle | undefined
}

export interface SegmentFiles {
  /** Takes events into memory and flushes them soon. Returns how many were dropped, because the disk is behind. */
  append(streamId: string, events: readonly LogEvent[], ingestionTime: number): number
  /** Resolves when all that was appended before has been handed to the system. Rejects where that failed. */
  flush(): Promise<void>
  segmentsOf(streamId: string): readonly Segment[]
  read(segment: Segment): Promise<readonly StoredEvent[]>
  /** Forgets segments and their files. */
  remove(segments: readonly Segment[]): void
  close(): Promise<void>
  clear(): void
}

/**
 * Append-only segments in one folder. There is one writer; after a restart every stream begins a new segment, so a line
 * torn by a kill is never written on to.
 *
 * @param maxBytes of all segments; beyond it the oldest go first
 */
export const openSegmentFiles = (root: string, maxBytes: number): SegmentFiles => {
  const byStream = new Map<string, Segment[]>()
  /** From old to new. */
  const sealed = new Set<Segment>()
  /** In order of last use. */
  const active = new Map<string, OpenSegment>()
  const dirty = new Set<OpenSegment>()
  let totalBytes = 0
  let pendingBytes = 0
  let lastNumber = 0
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> | undefined
  let closed = false

  const pathOf = (segment: Segment, isSealed: boolean): string => join(root, fileName(segment, isSealed))

  const addSegment = (segment: Segment): void => {
    const list = byStream.get(segment.streamId)
    if (list) list.push(segment)
    else byStream.set(segment.streamId, [segment])
  }

  const load = (): void => {
    const found = readdirSync(root).flatMap(name => {
      const parsed = parseFileName(name, statSync(join(root, name)).size)
      return parsed ? [parsed] : []
    })
    found.sort((a, b) => a.segment.number - b.segment.number)
    for (const { segment, sealed: known } of found) {
      if (!known) {
        const events = readLines(readFileSync(pathOf(segment, false), 'utf8'), segment)
        segment.lines = events.length
        for (const event of events) widen(segment, event.timestamp)
        if (events.length === 0) {
          rmSync(pathOf(segment, false), { force: true })
          continue
        }
        renameSync(pathOf(segment, false), pathOf(segment, true))
      }
      lastNumber = Math.max(lastNumber, segment.number)
      totalBytes += segment.bytes
      addSegment(segment)
      sealed.add(segment)
    }
  }

  const isKept = (segment: Segment): boolean => byStream.get(segment.streamId)?.includes(segment) ?? false

  const seal = async (open: OpenSegment): Promise<void> => {
    const { segment } = open
    if (active.get(segment.streamId) === open) active.delete(segment.streamId)
    if (sealed.has(segment)) return
    await open.file?.close()
    open.file = undefined
    if (!isKept(segment)) return
    await rename(pathOf(segment, false), pathOf(segment, true))
    if (isKept(segment)) sealed.add(segment)
    else await rm(pathOf(segment, true), { force: true })
  }

  const remove = (segments: readonly Segment[]): void => {
    for (const segment of segments) {
      const isSealed = sealed.delete(segment)
      const open = active.get(segment.streamId)
      if (open?.segment === segment) {
        active.delete(segment.streamId)
        dirty.delete(open)
        pendingBytes -= open.pendingBytes
        open.pending = []
        open.pendingBytes = 0
        void open.file?.close().catch(() => {})
      }
      totalBytes -= segment.bytes
      const rest = byStream.get(segment.streamId)?.filter(other => other !== segment) ?? []
      if (rest.length > 0) byStream.set(segment.streamId, rest)
      else byStream.delete(segment.streamId)
      rm(pathOf(segment, isSealed), { force: true }).catch(() => {})
    }
  }

  /** On failure all is as before: the file ends with its last whole line, and the lines wait for the next flush. */
  const writeOut = async (writing: OpenSegment): Promise<void> => {
    const { pending, pendingBytes: bytes } = writing
    // It may have come in again since this flush took it up: these lines are those.
    dirty.delete(writing)
    writing.pending = []
    writing.pendingBytes = 0
    try {
      writing.file ??= await open(pathOf(writing.segment, false), 'a')
      await writing.file.appendFile(pending.join(''))
      writing.written += bytes
      pendingBytes -= bytes
    } catch (error) {
      await writing.file?.truncate(writing.written).catch(() => {})
      writing.pending = [...pending, ...writing.pending]
      writing.pendingBytes += bytes
      throw error
    }
  }

  const isFull = ({ segment }: OpenSegment): boolean =>
    segment.bytes >= SEGMENT_BYTES || segment.lines >= MAX_LINES - MAX_BATCH

  const writeDirty = async (): Promise<void> => {
    const failed: OpenSegment[] = []
    let failure: unknown
    while (dirty.size > 0) {
      const batch = [...dirty]
      dirty.clear()
      for (const writing of batch) {
        if (writing.pending.length === 0) continue
        try {
          await writeOut(writing)
          if (isFull(writing) && writing.pending.length === 0) await seal(writing)
        } catch (error) {
          failure = error
          if (isKept(writing.segment)) failed.push(writing)
        }
      }
    }
    for (const writing of failed) dirty.add(writing)
    if (failure) throw failure
  }

  const flushAll = async (): Promise<void> => {
    await writeDirty()
    for (const open of [...active.values()]) {
      if (active.size <= MAX_OPEN_FILES) break
      if (open.pending.length === 0) await seal(open)
    }
    for (const segment of sealed) {
      if (totalBytes <= maxBytes) break
      remove([segment])
    }
  }

  const flush = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    // What comes in while a flush runs belongs to the next.
    while (flushing) await flushing.catch(() => {})
    if (dirty.size === 0 && active.size <= MAX_OPEN_FILES) return
    flushing = flushAll().finally(() => {
      flushing = undefined
    })
    await flushing
  }

  const flushSoon = (): void => {
    if (closed) return
    if (pendingBytes >= FLUSH_BYTES && !flushing) void flush().catch(() => {})
    else timer ??= setTimeout(() => void flush().catch(() => {}), FLUSH_INTERVAL)
  }

  load()
  return {
    append: (streamId, events, ingestionTime) => {
      let open = active.get(streamId)
      if (pendingBytes > MAX_PENDING_BYTES) return events.length
      if (!open || isFull(open)) {
        lastNumber++
        const segment = newSegment(streamId, lastNumber)
        open = { segment, pending: [], pendingBytes: 0, written: 0, file: undefined }
        addSegment(segment)
      }
      active.delete(streamId)
      active.set(streamId, open)
      const { segment } = open
      for (const event of events) {
        // Names of files hold times as digits.
        const timestamp = Math.max(0, Math.trunc(event.timestamp))
        const { message } = event
        const line = writeLine(timestamp, ingestionTime, message)
        const bytes = Buffer.byteLength(line)
        open.pending.push(line)
        open.pendingBytes += bytes
        pendingBytes += bytes
        totalBytes += bytes
        segment.bytes += bytes
        segment.lines++
        widen(segment, timestamp)
      }
      dirty.add(open)
      flushSoon()
      return 0
    },
    flush,
    segmentsOf: streamId => byStream.get(streamId) ?? [],
    read: async segment => {
      // It may be sealed and so renamed meanwhile, or be removed.
      for (const isSealed of [sealed.has(segment), true]) {
        try {
          return readLines(await readFile(pathOf(segment, isSealed), 'utf8'), segment)
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
        }
      }
      return []
    },
    remove,
    close: async () => {
      closed = true
      await flush().catch(() => {})
      for (const open of [...active.values()]) await seal(open).catch(() => {})
    },
    clear: () => remove([...byStream.values()].flat()),
  }
}
