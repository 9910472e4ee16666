import { notImplemented } from '@sonde/wire'
import { validationException } from './errors.ts'

/** The pattern of model, endpoint configuration, endpoint and variant names, as AWS prints it. */
const NAME_PATTERN = '^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}'
/** The same language without nested repetition, which could take exponential time. */
const NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/
const NAME_LENGTH = 63

/** Collects what is wrong with one request and reports it in the words of AWS's request validation. */
export class Constraints {
  readonly #problems: string[] = []

  name(path: string, value: string | undefined): void {
    if (value !== undefined && (value.length > NAME_LENGTH || !NAME.test(value))) {
      this.#add(path, value, `Member must satisfy regular expression pattern: ${NAME_PATTERN}`)
    }
  }

  range(path: string, value: number | undefined, minimum: number, maximum = Number.POSITIVE_INFINITY): void {
    if (value === undefined || value === null) return
    if (!(value >= minimum)) {
      this.#add(path, String(value), `Member must have value greater than or equal to ${minimum}`)
    } else if (value > maximum) {
      this.#add(path, String(value), `Member must have value less than or equal to ${maximum}`)
    }
  }

  /** Number of characters of a string, of items of a list, of entries of a map. */
  length(path: string, value: string | number, minimum: number, maximum: number): void {
    const length = typeof value === 'string' ? value.length : value
    const printed = typeof value === 'string' ? value : `${value} items`
    if (length < minimum)
      this.#add(path, printed, `Member must have length greater than or equal to ${minimum}`)
    if (length > maximum) this.#add(path, printed, `Member must have length less than or equal to ${maximum}`)
  }

  oneOf(path: string, value: string | undefined, values: readonly string[]): void {
    if (value === undefined || value === null || values.includes(value)) return
    this.#add(path, value, `Member must satisfy enum value set: [${values.join(', ')}]`)
  }

  required(path: string, value: unknown): void {
    if (value === undefined || value === null) {
      this.#problems.push(`Value null at '${path}' failed to satisfy constraint: Member must not be null`)
    }
  }

  /** @throws ServiceError `ValidationException` that lists every problem */
  check(): void {
    const count = this.#problems.length
    if (count === 0) return
    throw validationException(
      `${count} validation error${count === 1 ? '' : 's'} detected: ${this.#problems.join('; ')}`,
    )
  }

  #add(path: string, value: string, constraint: string): void {
    this.#problems.push(`Value '${value}' at '${path}' failed to satisfy constraint: ${constraint}`)
  }
}

/**
 * Refuses by name what a request sets beyond the members that have an effect here, or that are recorded because they
 * describe the hardware only (docs/local-models.md lists both).
 *
 * @param prefix such as `CreateModel with `: the member's name follows it
 * @throws ServiceError 501 `NotImplemented`
 */
export const refuseUnsupported = (prefix: string, given: object, supported: readonly string[]): void => {
  for (const [member, value] of Object.entries(given)) {
    if (value === undefined || value === null || supported.includes(member)) continue
    if (Array.isArray(value) && value.length === 0) continue
    throw notImplemented(`${prefix}${member}`)
  }
}
