/** One step: a member's name, an element's index, or all of either. */
type Step = string | number | typeof WILDCARD

const WILDCARD = Symbol('wildcard')
const STEP = /\.?\[(?:'([^']*)'|"([^"]*)"|(\d+)|(\*))\]|\.(?:([\w-]+)|(\*))/y

/** Reads the members and elements of a document that a selector such as `$.a.b[0]`, `$.a[*].c` or `$.['a b']` names. */
export type JsonSelector = (document: unknown) => readonly unknown[]

const parseSteps = (text: string): Step[] | undefined => {
  if (!text.startsWith('$') || text.length === 1) return undefined
  const steps: Step[] = []
  STEP.lastIndex = 1
  while (STEP.lastIndex < text.length) {
    const match = STEP.exec(text)
    if (!match) return undefined
    const [, single, double, index, all, name, every] = match
    if (all !== undefined || every !== undefined) steps.push(WILDCARD)
    else if (index !== undefined) steps.push(Number(index))
    else steps.push(single ?? double ?? name ?? '')
  }
  return steps
}

const descend = (value: unknown, step: Step): readonly unknown[] => {
  if (typeof value !== 'object' || value === null) return []
  if (step === WILDCARD) return Array.isArray(value) ? value : Object.values(value)
  if (typeof step === 'number') return Array.isArray(value) && step in value ? [value[step]] : []
  return !Array.isArray(value) && Object.hasOwn(value, step) ? [(value as Record<string, unknown>)[step]] : []
}

/** `undefined` where the text is no selector. */
export const parseSelector = (text: string): JsonSelector | undefined => {
  const steps = parseSteps(text)
  if (!steps) return undefined
  return document => {
    let values: readonly unknown[] = [document]
    for (const step of steps) {
      const [only] = values
      // Most selectors have no wildcard.
      values =
        values.length === 1 ? descend(only, step) : values.flatMap(value => descend(value, step).slice())
    }
    return values
  }
}

/** Whether a selector can name several values. */
export const hasWildcard = (text: string): boolean => parseSteps(text)?.includes(WILDCARD) ?? false
