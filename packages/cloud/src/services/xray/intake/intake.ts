import type { UnprocessedTraceSegment } from '@aws-sdk/client-xray'
import { ServiceError } from '@sonde/wire'
import type { Scope } from '../../../kernel/scope.ts'
import { DocumentScanner } from '../document/document-scanner.ts'
import { readDocument, type UnprocessedDocument } from '../document/read-document.ts'
import { LogFullError } from './document-log.ts'
import { LineWriter } from './line-writer.ts'

/** How documents have fared since the start. */
export interface IntakeCounters {
  received: number
  /** Refused by name, one by one. */
  unprocessed: number
  /** Valid, but the log could not take them. */
  dropped: number
}

export interface Intake {
  /**
   * Takes the documents of PutTraceSegments, of a datagram, of an OTLP request: what it resolves for is durable.
   *
   * @returns those that were not taken, each with its code
   * @throws ServiceError `ThrottledException` where the disk is full or too many come at once: then none was taken
   */
  take(scope: Scope, documents: readonly string[]): Promise<UnprocessedTraceSegment[]>
  /** Takes one document of the cloud's own, without waiting; never throws. */
  record(scope: Scope, segment: Readonly<Record<string, unknown>>): void
  counters(): Readonly<IntakeCounters>
}

export interface IntakeDependencies {
  readonly append: (lines: Buffer) => Promise<void>
}

const describe = ({ id, code, message }: UnprocessedDocument): UnprocessedTraceSegment => ({
  ...(id !== undefined && { Id: id }),
  ErrorCode: code,
  Message: message,
})

/** A text may hold an array of documents, which then stand for themselves. */
const split = (text: string): readonly string[] => {
  if (!/^\s*\[/.test(text)) return [text]
  try {
    const values = JSON.parse(text) as unknown[]
    return values.length === 0 ? ['{}'] : values.map(value => JSON.stringify(value))
  } catch {
    return [text]
  }
}

export const createIntake = ({ append }: IntakeDependencies): Intake => {
  const scanner = new DocumentScanner()
  const find = (bytes: Buffer, from: number, to: number): number => scanner.scan(bytes, from, to)
  const counters: IntakeCounters = { received: 0, unprocessed: 0, dropped: 0 }

  /** The documents that a scan is not sure of. */
  const readSlowly = (text: string, writer: LineWriter): UnprocessedTraceSegment[] => {
    const texts = split(text)
    counters.received += texts.length - 1
    return texts.flatMap(one => {
      const result = readDocument(one)
      if ('error' in result) return [describe(result.error)]
      writer.write(one, result.document.trace_id)
      return []
    })
  }

  const read = (scope: Scope, texts: readonly string[]) => {
    const before = counters.received
    const writer = new LineWriter(scope, texts)
    const unprocessed: UnprocessedTraceSegment[] = []
    for (const text of texts) {
      counters.received++
      if (!writer.writeScanned(text, find)) unprocessed.push(...readSlowly(text, writer))
    }
    scanner.release()
    counters.unprocessed += unprocessed.length
    return { lines: writer.lines, count: counters.received - before - unprocessed.length, unprocessed }
  }

  return {
    take: async (scope, documents) => {
      const { lines, count, unprocessed } = read(scope, documents)
      if (count === 0) return unprocessed
      try {
        await append(lines)
      } catch (error) {
        counters.dropped += count
        if (!(error instanceof LogFullError)) throw error
        throw new ServiceError('ThrottledException', error.message, { status: 429 })
      }
      return unprocessed
    },
    record: (scope, segment) => {
      try {
        const { lines, count } = read(scope, [JSON.stringify(segment)])
        if (count === 0) return
        append(lines).catch(() => {
          counters.dropped++
        })
      } catch {
        // It cannot even be written as JSON.
        counters.received++
        counters.unprocessed++
      }
    },
    counters: () => ({ ...counters }),
  }
}
