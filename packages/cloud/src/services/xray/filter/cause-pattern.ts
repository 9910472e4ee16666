import type { CausePattern, CauseServicePattern, EntityPattern, ExceptionPattern } from './ast.ts'
import { syntaxError } from './syntax-error.ts'

type Reader = (value: unknown, path: string) => unknown

const EXPECTED = 'rootcause.json'

/** Reads the JSON of `rootcause.json`; the offset is that of the whole. */
class PatternReader {
  readonly #offset: number

  constructor(offset: number) {
    this.#offset = offset
  }

  readonly text: Reader = (value, path) => this.#typed(value, 'string', path)
  readonly number: Reader = (value, path) => this.#typed(value, 'number', path)
  readonly boolean: Reader = (value, path) => this.#typed(value, 'boolean', path)

  readonly list =
    (item: Reader): Reader =>
    (value, path) => {
      if (!Array.isArray(value)) throw this.#error(`${path} is not a list`)
      return value.map((element, index) => item(element, `${path}[${index}]`))
    }

  readonly object =
    (members: Readonly<Record<string, Reader>>): Reader =>
    (value, path) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw this.#error(`${path} is not an object`)
      }
      const entries = Object.entries(value).map(([name, member]) => {
        const reader = Object.hasOwn(members, name) ? members[name] : undefined
        if (!reader) throw this.#error(`${path} has an unknown member ${name}`)
        return [name, reader(member, `${path}.${name}`)]
      })
      return Object.fromEntries(entries)
    }

  #typed(value: unknown, type: string, path: string): unknown {
    if (typeof value !== type) throw this.#error(`${path} is not a ${type}`)
    return value
  }

  #error(problem: string) {
    return syntaxError(problem, this.#offset)
  }
}

/**
 * Reads the value of `rootcause.json = #…`: a root cause as GetTraceSummaries returns it, or a list of them, any member of
 * which may be left out.
 *
 * @throws ServiceError `InvalidRequestException` that names the member which is unknown or of another type
 */
export const readCausePatterns = (value: unknown, offset: number): readonly CausePattern[] => {
  const { text, number, boolean, list, object } = new PatternReader(offset)
  const exception = object({ Name: text, Message: text } satisfies Record<keyof ExceptionPattern, Reader>)
  const entity = object({
    Name: text,
    Remote: boolean,
    Coverage: number,
    Exceptions: list(exception),
  } satisfies Record<keyof EntityPattern, Reader>)
  const service = object({
    Name: text,
    Names: list(text),
    Type: text,
    AccountId: text,
    Inferred: boolean,
    EntityPath: list(entity),
  } satisfies Record<keyof CauseServicePattern, Reader>)
  const cause = object({ Services: list(service), ClientImpacting: boolean } satisfies Record<
    keyof CausePattern,
    Reader
  >)
  const causes = Array.isArray(value) ? value : [value]
  return list(cause)(causes, EXPECTED) as CausePattern[]
}
