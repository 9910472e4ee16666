/** Something that is due at a time. */
export interface Due {
  readonly id: string
  /** ms since the epoch. */
  readonly at: number
}

/** A binary min-heap by time. */
export class DueHeap {
  readonly #items: Due[] = []

  get first(): Due | undefined {
    return this.#items[0]
  }

  push(item: Due): void {
    const items = this.#items
    let index = items.push(item) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = items[parent] as Due
      if (above.at <= item.at) break
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
      const left = items[child]
      if (!left) break
      const right = items[child + 1]
      if (right && right.at < left.at) child++
      const below = items[child] as Due
      if (below.at >= last.at) break
      items[index] = below
      index = child
    }
    items[index] = last
  }
}
