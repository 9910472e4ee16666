import { invalidParameter } from './errors.ts'

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const typeError = (name: string, expected: string, value: unknown): Error =>
  invalidParameter(`Property ${name} must be ${expected}, not ${JSON.stringify(value)}.`)

/**
 * The properties of a template's resource, read by the type that each must have. CloudFormation takes numbers and
 * booleans as text too: parameters of templates are text.
 */
export class TemplateProperties {
  readonly #values: Readonly<Record<string, unknown>>
  readonly #path: string

  constructor(values: Readonly<Record<string, unknown>>, path = '') {
    this.#values = values
    this.#path = path
  }

  get isEmpty(): boolean {
    return Object.keys(this.#values).length === 0
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined
  }

  /** @throws ServiceError naming a property that is not in the list */
  only(names: readonly string[]): void {
    const unknown = Object.keys(this.#values).find(name => !names.includes(name))
    if (unknown !== undefined)
      throw invalidParameter(`Encountered unsupported property ${this.#path}${unknown}`)
  }

  text(name: string): string | undefined {
    const value = this.#values[name]
    if (value === undefined) return undefined
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    if (typeof value !== 'string') throw typeError(this.#path + name, 'text', value)
    return value
  }

  number(name: string): number | undefined {
    const value = this.#values[name]
    if (value === undefined) return undefined
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number !== 'number' || !Number.isInteger(number)) {
      throw typeError(this.#path + name, 'a whole number', value)
    }
    return number
  }

  /** Empty where the property is absent. */
  object(name: string): TemplateProperties {
    const value = this.#values[name] ?? {}
    if (!isObject(value)) throw typeError(this.#path + name, 'an object', value)
    return new TemplateProperties(value, `${this.#path}${name}.`)
  }

  /** All values, as text. */
  texts(): Record<string, string> {
    return Object.fromEntries(Object.keys(this.#values).map(name => [name, this.text(name) ?? '']))
  }

  list(name: string): string[] | undefined {
    const value = this.#values[name]
    if (value === undefined) return undefined
    if (!Array.isArray(value) || value.some(item => typeof item !== 'string')) {
      throw typeError(this.#path + name, 'a list of texts', value)
    }
    return value
  }

  /** `[{Key, Value}]` as a record. */
  tags(name: string): Record<string, string> {
    const value = this.#values[name] ?? []
    if (!Array.isArray(value)) throw typeError(this.#path + name, 'a list of tags', value)
    return Object.fromEntries(
      value.map((item: unknown) => {
        if (!isObject(item)) throw typeError(this.#path + name, 'a list of tags', value)
        const tag = new TemplateProperties(item, `${this.#path}${name}.`)
        return [tag.text('Key') ?? '', tag.text('Value') ?? '']
      }),
    )
  }
}
