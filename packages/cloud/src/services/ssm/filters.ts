import type { ParameterStringFilter } from '@aws-sdk/client-ssm'
import { notImplemented } from '@sonde/wire'
import { validationException } from './errors.ts'
import { current, type ParameterRecord } from './parameters.ts'

/** Whether `name` lies below `path`: anywhere, or directly. */
export const below = (name: string, path: string, recursive: boolean): boolean => {
  const prefix = path.endsWith('/') ? path : `${path}/`
  return name.startsWith(prefix) && (recursive || !name.slice(prefix.length).includes('/'))
}

type Test = (record: ParameterRecord, values: readonly string[]) => boolean

const some = (test: (record: ParameterRecord, value: string) => boolean): Test => {
  return (record, values) => values.some(value => test(record, value))
}

/** A leading slash of a name does not matter to BeginsWith and Contains. */
const TESTS: Readonly<Record<string, Test>> = {
  'Name Equals': some(({ name }, value) => name === value),
  'Name BeginsWith': some(({ name }, value) => name.startsWith(value) || name.startsWith(`/${value}`)),
  'Name Contains': some(({ name }, value) => name.includes(value)),
  'Type Equals': some((record, value) => current(record).type === value),
  'Tier Equals': some((record, value) => current(record).tier === value),
  'Path Recursive': some(({ name }, value) => below(name, value, true)),
  'Path OneLevel': some(({ name }, value) => below(name, value, false)),
}

const DEFAULT_OPTIONS: Readonly<Record<string, string>> = { Path: 'OneLevel' }

/** @throws ServiceError 501 naming a filter that is not supported */
export const filterOf = (
  filters: readonly ParameterStringFilter[],
): ((record: ParameterRecord) => boolean) => {
  const tests = filters.map(({ Key = '', Option, Values = [] }) => {
    const tagTest = Key.startsWith('tag:') ? tagFilter(Key.slice(4), Option) : undefined
    const name = `${Key} ${Option ?? DEFAULT_OPTIONS[Key] ?? 'Equals'}`
    const test = tagTest ?? (Object.hasOwn(TESTS, name) ? TESTS[name] : undefined)
    if (!test) throw notImplemented(`DescribeParameters with the filter ${name}`)
    if (Values.length === 0) throw validationException(`The filter ${Key} needs values.`)
    return (record: ParameterRecord) => test(record, Values)
  })
  return record => tests.every(test => test(record))
}

const tagFilter = (key: string, option: string | undefined): Test | undefined =>
  option === undefined || option === 'Equals'
    ? ({ tags }, values) => tags.some(tag => tag.Key === key && values.includes(tag.Value ?? ''))
    : undefined
