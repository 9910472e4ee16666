/** A timer that has not fired yet. */
export interface Pending {
  /** ms since the epoch. */
  due: number
  /** Timers due at the same time fire in the order they were set. */
  readonly sequence: number
  readonly task: () => void | Promise<void>
  cancelled: boolean
}

const before = (a: Pending, b: Pending): boolean =>
  a.due < b.due || (a.due === b.due && a.sequence < b.sequence)

/** A binary min-heap of timers: ten thousand alarms cost a logarithm each. */
export class TimerHeap {
  readonly #items: Pending[] = []

  get first(): Pending | undefined {
    while (this.#items[0]?.cancelled) this.shift()
    return this.#items[0]
  }

  push(item: Pending): void {
    const items = this.#items
    let index = items.push(item) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = items[parent] as Pending
      if (!before(item, above)) break
      items[index] = above
      index = parent
    }
    items[index] = item
  }

  shift(): void {
    const items = this.#items
    const last = items.pop()
    if (!last || items.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      const right = items[child + 1]
      if (right && before(right, items[child] as Pending)) child++
      const below = items[child]
      if (!below || !before(below, last)) break
      items[index] = below
      index = child
    }
    items[index] = last
  }

  clear(): void {
    this.#items.length = 0
  }

  /** Sets those that are due after `time` to `by` milliseconds later. */
  move(time: number, by: number): void {
    const items = this.#items.splice(0)
    for (const item of items) {
      if (item.cancelled) continue
      if (item.due > time) item.due += by
      this.push(item)
    }
  }
}
