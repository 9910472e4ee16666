/** Trees of entities as documents that fit into a datagram. */
import type { Entity } from './entity.ts'
import { aloneText, openText } from './serialize.ts'

/**
 * Most bytes of one document. X-Ray takes 64 KB; a UDP datagram over IPv4 carries 65,507 bytes, of which the header line
 * has 30. The rest is reserve.
 */
export const MAX_DOCUMENT_BYTES = 63_000

/** Bytes for what {@link aloneText} adds. */
const ALONE_BYTES = 120

/** Takes one finished document. */
export type Sink = (document: string) => void

interface Written {
  readonly open: string
  readonly bytes: number
}

const bytesOf = (text: string): number => Buffer.byteLength(text)

const STEPS = [
  { metadata: true, stacks: false, annotations: false },
  { metadata: true, stacks: true, annotations: false },
  { metadata: true, stacks: true, annotations: true },
] as const

/** An entity's own text, with as much left out as it takes to fit; `undefined` where nothing helps. */
const writeSelf = (entity: Entity): Written | undefined => {
  const open = openText(entity)
  const bytes = bytesOf(open)
  const most = MAX_DOCUMENT_BYTES - ALONE_BYTES
  if (bytes <= most) return { open, bytes }
  for (const omit of STEPS) {
    const shorter = openText(entity, omit)
    const length = bytesOf(shorter)
    if (length <= most) return { open: shorter, bytes: length }
  }
  return undefined
}

interface Frame {
  readonly entity: Entity
  /** The next child to write. */
  next: number
  /** Written children that stay embedded, as whole texts. */
  readonly embedded: { text: Written; child: Entity }[]
  bytes: number
  self: Written | undefined
}

const closeText = (open: string, embedded: Frame['embedded']): string => {
  if (embedded.length === 0) return `${open}}`
  let out = `${open},"subsegments":[${embedded[0]?.text.open}`
  for (let index = 1; index < embedded.length; index++) out += `,${embedded[index]?.text.open}`
  return `${out}]}`
}

/** Puts the fields of a subsegment that stands alone into its finished text. */
const alone = (entity: Entity, finished: string): string => {
  const extra = aloneText(entity)
  return extra === '' ? finished : `${finished.slice(0, -1)}${extra}}`
}

/**
 * Writes a tree: as one document where it fits, else with subtrees as documents of their own (X-Ray puts them under their
 * parents again). Marks everything written as sent. Without recursion: trees may be deep.
 *
 * @returns how many of the tree's subsegments were closed, and how many entities could not be written at all
 */
export const writeTree = (root: Entity, sink: Sink): { closed: number; lost: number } => {
  let closed = 0
  let lost = 0
  const frameOf = (entity: Entity): Frame => {
    entity.sent = true
    if (entity.end !== 0 && entity.segment === undefined) closed++
    const self = writeSelf(entity)
    if (!self) lost++
    return { entity, next: 0, embedded: [], bytes: self?.bytes ?? 0, self }
  }
  const stack = [frameOf(root)]
  for (;;) {
    const top = stack.at(-1)
    if (!top) break
    const child = top.entity.children?.[top.next++]
    if (child) {
      // Sent ahead already: X-Ray has it.
      if (!child.sent) stack.push(frameOf(child))
      continue
    }
    stack.pop()
    const { entity, self, embedded } = top
    if (!self) {
      for (const part of embedded) sink(alone(part.child, part.text.open))
      continue
    }
    const whole: Written = { open: closeText(self.open, embedded), bytes: top.bytes + 18 + embedded.length }
    const parent = stack.at(-1)
    if (!parent) {
      sink(alone(entity, whole.open))
    } else if (parent.bytes + whole.bytes > MAX_DOCUMENT_BYTES - ALONE_BYTES - 20) {
      sink(alone(entity, whole.open))
    } else {
      parent.embedded.push({ text: whole, child: entity })
      parent.bytes += whole.bytes
    }
  }
  return { closed, lost }
}
