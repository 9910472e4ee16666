/** A message that several readers look into: it is parsed once, and only when one asks. */
export class LogMessage {
  readonly text: string
  #json: unknown
  #parsed = false

  constructor(text: string) {
    this.text = text
  }

  /** The object or array that the whole message is in JSON; `undefined` where it is none. */
  get json(): unknown {
    if (!this.#parsed) {
      this.#parsed = true
      this.#json = parse(this.text)
    }
    return this.#json
  }
}

const parse = (text: string): unknown => {
  const first = text.trimStart().charAt(0)
  if (first !== '{' && first !== '[') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
