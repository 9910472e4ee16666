import { ServiceError } from '@sonde/wire'
import type { ResourceRequest } from '../../../kernel/resource-type.ts'

/** Carries out a deletion; that the thing is gone already is no error. */
export const deleteIfThere = (deletion: () => unknown): void => {
  try {
    deletion()
  } catch (error) {
    if (!(error instanceof ServiceError && error.code === 'NotFoundException')) throw error
  }
}

type Properties = ResourceRequest['properties']

/** Whether one of the properties that cannot change in place has changed. */
export const changesAny = (before: Properties, after: Properties, names: readonly string[]): boolean =>
  names.some(name => JSON.stringify(before[name]) !== JSON.stringify(after[name]))

/** One step of an `Update…` operation. */
export interface Patch {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: string
  readonly value?: string
}

export const replace = (path: string, value: string | number | boolean | undefined): Patch => ({
  op: 'replace',
  path,
  value: String(value ?? ''),
})

/** A name as one segment of a patch path. */
export const pointerSegment = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')

/** The steps that turn one map of texts, below `path`, into another. */
export const mapPatches = (
  path: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Patch[] => [
  ...Object.keys(before)
    .filter(key => !Object.hasOwn(after, key))
    .map(key => ({ op: 'remove' as const, path: `${path}/${pointerSegment(key)}` })),
  ...Object.entries(after)
    .filter(([key, value]) => before[key] !== value)
    .map(([key, value]) => ({ op: 'add' as const, path: `${path}/${pointerSegment(key)}`, value })),
]
