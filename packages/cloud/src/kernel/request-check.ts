import { ServiceError } from '@sonde/wire'

export interface TextBounds {
  readonly min?: number
  readonly max?: number
  /** As AWS prints it; matched as a whole. */
  readonly pattern?: string
}

const patterns = new Map<string, RegExp>()

const matchesWhole = (pattern: string, text: string): boolean => {
  let expression = patterns.get(pattern)
  if (!expression) {
    expression = new RegExp(`^(?:${pattern.replace(/^\^|\$$/g, '')})$`)
    patterns.set(pattern, expression)
  }
  return expression.test(text)
}

/**
 * Collects what is wrong with one request and reports it in the words of AWS's request validation.
 *
 * @example
 * const check = new RequestCheck()
 * check.text('name', input.Name, { max: 64, pattern: '[\\.\\-_A-Za-z0-9]+' })
 * check.report()
 */
export class RequestCheck {
  readonly #problems: string[] = []

  text(path: string, value: string | undefined, { min = 0, max, pattern }: TextBounds): void {
    if (value === undefined) return
    // A text that is far too long is not looked at further: expressions take their time.
    if (pattern !== undefined && value.length <= 8_192 && !matchesWhole(pattern, value)) {
      this.#add(path, value, `satisfy regular expression pattern: ${pattern}`)
    }
    this.#bounds(path, value, value.length, 'length', min, max)
  }

  number(path: string, value: number | undefined, min: number, max: number): void {
    if (value !== undefined) this.#bounds(path, String(value), value, 'value', min, max)
  }

  list(path: string, value: readonly unknown[] | undefined, min: number, max: number): void {
    if (value) this.#bounds(path, `[${value.length} items]`, value.length, 'length', min, max)
  }

  oneOf(path: string, value: string | undefined, values: readonly string[]): void {
    if (value !== undefined && !values.includes(value)) {
      this.#add(path, value, `satisfy enum value set: [${values.join(', ')}]`)
    }
  }

  /** @throws ServiceError `ValidationException` that lists every problem */
  report(): void {
    const count = this.#problems.length
    if (count === 0) return
    const title = `${count} validation error${count === 1 ? '' : 's'} detected`
    throw new ServiceError('ValidationException', `${title}: ${this.#problems.join('; ')}`)
  }

  #bounds(
    path: string,
    printed: string,
    size: number,
    measure: 'length' | 'value',
    min: number,
    max: number = Number.POSITIVE_INFINITY,
  ): void {
    if (!(size >= min)) this.#add(path, printed, `have ${measure} greater than or equal to ${min}`)
    else if (size > max) this.#add(path, printed, `have ${measure} less than or equal to ${max}`)
  }

  #add(path: string, value: string, constraint: string): void {
    this.#problems.push(
      `Value '${value}' at '${path}' failed to satisfy constraint: Member must ${constraint}`,
    )
  }
}
