import type { Scope } from './scope.ts'

/** Records of one kind, by scope and key, durable once `put` returns. Values are plain JSON and never mutated. */
export interface Collection<T> {
  get(scope: Scope, key: string): T | undefined
  /** Written to the journal before it returns. */
  put(scope: Scope, key: string, value: T): void
  /** Whether there was one. */
  delete(scope: Scope, key: string): boolean
  /** In order of first insertion. */
  list(scope: Scope): T[]
  /** Every record of every scope. */
  entries(): IterableIterator<{ readonly scope: Scope; readonly key: string; readonly value: T }>
}

/** Where services keep what must survive the process. */
export interface Store {
  /** The collection of that name, such as `lambda.functions`; the same object for the same name. */
  collection<T>(name: string): Collection<T>
  /**
   * A folder of the service's own for files (`.sonde/<name>`), made where missing. In ephemeral mode a temporary
   * one that goes with the process. Cleared by reset.
   */
  folder(name: string): string
}
