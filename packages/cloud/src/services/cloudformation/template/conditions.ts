import { formatError, templateError } from '../errors.ts'
import { type Evaluation, evaluate } from './evaluate.ts'
import type { Value } from './value.ts'

/**
 * The conditions of a template as a function of their name; each is evaluated once, when it is first asked for.
 *
 * @param evaluation without `condition`, which is this function itself
 * @throws ServiceError (the function) for a name that is not declared and for conditions that need each other
 */
export const createConditions = (
  declarations: ReadonlyMap<string, Value>,
  evaluation: Omit<Evaluation, 'condition' | 'place'>,
): ((name: string, usedIn: string) => boolean) => {
  const known = new Map<string, boolean>()
  const open: string[] = []

  const condition = (name: string, usedIn: string): boolean => {
    const cached = known.get(name)
    if (cached !== undefined) return cached
    const declaration = declarations.get(name)
    if (declaration === undefined) throw templateError(`unresolved condition dependency ${name} in ${usedIn}`)
    if (open.includes(name)) {
      throw formatError(
        `Circular dependency between conditions: [${open.slice(open.indexOf(name)).join(', ')}]`,
      )
    }
    open.push(name)
    const value = evaluate(declaration, { ...evaluation, place: 'Conditions', condition })
    open.pop()
    if (value !== true && value !== false) {
      throw formatError(
        `Conditions can only be boolean operations on parameters and other conditions: ${name}`,
      )
    }
    known.set(name, value)
    return value
  }
  return condition
}
