import { describe, expect, it } from 'vitest'
import { resolveGroups } from './groups.ts'
import { parse } from './parse.ts'
import { print } from './print.ts'

const GROUPS: Readonly<Record<string, string | undefined>> = {
  slow: 'responsetime > 5 OR partial',
  faulty: 'fault AND !group.name = "slow"',
  ring: 'group.name = "ring"',
  Default: undefined,
}

const find = (by: 'name' | 'arn', value: string) => {
  const name = by === 'arn' ? value.replace('arn:', '') : value
  return Object.hasOwn(GROUPS, name) ? { filterExpression: GROUPS[name] } : undefined
}

const resolved = (text: string): string => print(resolveGroups(parse(text), find))

describe('resolveGroups', () => {
  it.each([
    ['group.name = "slow" AND user = "alice"', '(responsetime > 5 OR partial) AND user = "alice"'],
    ['group.arn = "arn:slow"', 'responsetime > 5 OR partial'],
    ['group.name != "slow"', '!(responsetime > 5 OR partial)'],
    ['!group.name = "slow"', '!(responsetime > 5 OR partial)'],
    ['group.name = "faulty" OR ok', 'fault AND !(responsetime > 5 OR partial) OR ok'],
    ['service() { fault }', 'service(id()) { fault }'],
  ])('makes %s %s', (text, expected) => {
    expect(resolved(text)).toBe(expected)
  })

  it('puts everything in the place of a group without an expression', () => {
    expect(resolveGroups(parse('group.name = "Default"'), find)).toEqual({ kind: 'and', operands: [] })
  })

  it('refuses groups that there are not, and groups made of themselves', () => {
    expect(() => resolved('group.name = "nobody"')).toThrow(
      'Invalid filter expression: there is no group with the name nobody',
    )
    expect(() => resolved('group.name = "ring"')).toThrow('made of more than 16 groups')
  })
})
