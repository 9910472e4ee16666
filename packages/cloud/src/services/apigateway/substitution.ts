import { type ContextReader, contextReader } from './context-variables.ts'
import type { Exchange } from './data-plane/exchange.ts'

/** A template of plain text and variables, ready to be filled in. */
export type Substitution = (exchange: Exchange) => string

/** A part of a template: text, or what fills it in. */
type Part = string | ((exchange: Exchange) => string)

const VARIABLE = /\$(?:context((?:\.[A-Za-z][A-Za-z0-9_-]*)+)|stageVariables\.([A-Za-z0-9_]+))/g

/**
 * Whether a text asks for more of the Velocity Template Language than plain text: a reference (`$name`, `${name}`,
 * `$!name`) or a directive (`#set`, `##`, `#[[`, `#*`).
 */
export const usesVelocity = (text: string): boolean => /\$!?\{?[A-Za-z_]|#[A-Za-z{#*[@]/.test(text)

/**
 * Compiles a text in which `$context.name` and `$stageVariables.name` are replaced and nothing else is.
 *
 * @param absent what stands for a variable without a value: `-` in access logs
 * @param unknown called for a `$context` name that API Gateway does not have; to throw
 */
export const compileSubstitution = (
  template: string,
  absent: string,
  unknown: (name: string) => never,
): Substitution => {
  const parts: Part[] = []
  let end = 0
  for (const match of template.matchAll(VARIABLE)) {
    const [text, dotted, stageVariable] = match
    parts.push(template.slice(end, match.index))
    end = match.index + text.length
    if (stageVariable !== undefined) parts.push(e => e.stage.variables?.[stageVariable] ?? absent)
    else parts.push(contextPart((dotted ?? '').slice(1), absent, unknown))
  }
  parts.push(template.slice(end))
  const used = parts.filter(part => part !== '')
  return exchange => {
    let result = ''
    for (const part of used) result += typeof part === 'string' ? part : part(exchange)
    return result
  }
}

const contextPart = (name: string, absent: string, unknown: (name: string) => never): Part => {
  const read: ContextReader = contextReader(name) ?? unknown(name)
  return exchange => {
    const value = read(exchange)
    return value === undefined ? absent : String(value)
  }
}

/** What is left of a template when its variables are taken out: what {@link usesVelocity} is to be asked about. */
export const withoutVariables = (template: string): string => template.replace(VARIABLE, '')
