/** A frame as X-Ray's documents have it. */
export interface Frame {
  readonly path: string
  readonly line: number
  readonly label: string
}

/** An exception further down in the text. */
export interface Cause {
  readonly type: string
  readonly message: string
  readonly frames: readonly Frame[]
}

export interface StackTrace {
  readonly frames: readonly Frame[]
  /** Each caused the one before it; the first caused the exception itself. */
  readonly causes: readonly Cause[]
}

/** Lines without their ends. */
export const linesOf = (text: string): string[] => text.split(/\r?\n/)

/** A line number; 0 where the text is none. */
export const lineNumber = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : 0)
