import type { Clock } from '../../kernel/clock.ts'
import { hex } from '../../kernel/ids.ts'
import { type Scope, scopeKey } from '../../kernel/scope.ts'
import type { Collection, Store } from '../../kernel/store.ts'
import { groupNotFound, streamNotFound } from './errors.ts'
import type { Segment } from './segment.ts'
import type { SegmentFiles } from './segment-files.ts'

const DAY = 86_400_000
/** How often (ms of the clock) segments are removed whose events have all expired. Reads leave those out at once. */
const SWEEP_INTERVAL = 3_600_000

export interface GroupRecord {
  readonly name: string
  /** ms since the epoch. */
  readonly created: number
  readonly retentionInDays?: number
  readonly tags: Readonly<Record<string, string>>
}

export interface StreamRecord {
  readonly group: string
  readonly name: string
  /** Names its segments. */
  readonly id: string
  readonly created: number
}

/** Log groups and their streams. */
export interface Groups {
  find(scope: Scope, name: string): GroupRecord | undefined
  /** @throws ServiceError `ResourceNotFoundException` */
  require(scope: Scope, name: string): GroupRecord
  list(scope: Scope): readonly GroupRecord[]
  put(scope: Scope, group: GroupRecord): void
  /** Removes its streams and events with it. */
  remove(scope: Scope, name: string): void
  findStream(scope: Scope, group: string, name: string): StreamRecord | undefined
  /** @throws ServiceError `ResourceNotFoundException` for group or stream */
  requireStream(scope: Scope, group: string, name: string): StreamRecord
  /** By name. */
  streams(scope: Scope, group: string): readonly StreamRecord[]
  addStream(scope: Scope, group: string, name: string): StreamRecord
  removeStream(scope: Scope, stream: StreamRecord): void
  /** Where the events of a group begin that have not expired, in ms since the epoch. */
  expiry(group: GroupRecord): number
  segments(stream: StreamRecord): readonly Segment[]
  /** To be called when the store was reset. */
  forget(): void
  /** Sweeps from now on, until the clock is closed. */
  startSweeping(): void
}

const streamKey = (group: string, stream: string): string => `${group}:${stream}`

/** @param onRemoved told of each group that is removed */
export const createGroups = (
  store: Store,
  clock: Clock,
  files: () => SegmentFiles,
  onRemoved: (scope: Scope, name: string) => void,
): Groups => {
  const groups: Collection<GroupRecord> = store.collection('logs.groups')
  const streams: Collection<StreamRecord> = store.collection('logs.streams')
  // A group has a stream per environment that its function ever had: they are not to be searched for among all.
  let byGroup: Map<string, Map<string, StreamRecord>> | undefined

  const groupId = (scope: Scope, group: string): string => `${scopeKey(scope)}/${group}`

  const indexOf = (scope: Scope, group: string): Map<string, StreamRecord> => {
    if (!byGroup) {
      byGroup = new Map()
      for (const { scope: owner, value } of streams.entries())
        indexOf(owner, value.group).set(value.name, value)
    }
    const id = groupId(scope, group)
    let index = byGroup.get(id)
    if (!index) {
      index = new Map()
      byGroup.set(id, index)
    }
    return index
  }

  const require = (scope: Scope, name: string): GroupRecord => {
    const group = groups.get(scope, name)
    if (!group) throw groupNotFound()
    return group
  }

  const removeStream = (scope: Scope, stream: StreamRecord): void => {
    streams.delete(scope, streamKey(stream.group, stream.name))
    indexOf(scope, stream.group).delete(stream.name)
    files().remove(files().segmentsOf(stream.id))
  }

  const expiry = ({ retentionInDays }: GroupRecord): number =>
    retentionInDays === undefined ? 0 : Math.max(0, clock.now() - retentionInDays * DAY)

  const sweep = (): void => {
    for (const { scope, value: group } of groups.entries()) {
      const begin = expiry(group)
      if (begin === 0) continue
      for (const stream of indexOf(scope, group.name).values()) {
        files().remove(
          files()
            .segmentsOf(stream.id)
            .filter(segment => segment.max < begin),
        )
      }
    }
    clock.after(SWEEP_INTERVAL, sweep)
  }

  return {
    find: (scope, name) => groups.get(scope, name),
    require,
    list: scope => groups.list(scope),
    put: (scope, group) => groups.put(scope, group.name, group),
    remove: (scope, name) => {
      for (const stream of [...indexOf(scope, name).values()]) removeStream(scope, stream)
      byGroup?.delete(groupId(scope, name))
      groups.delete(scope, name)
      onRemoved(scope, name)
    },
    findStream: (scope, group, name) => indexOf(scope, group).get(name),
    requireStream: (scope, group, name) => {
      require(scope, group)
      const stream = indexOf(scope, group).get(name)
      if (!stream) throw streamNotFound()
      return stream
    },
    streams: (scope, group) => [...indexOf(scope, group).values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    addStream: (scope, group, name) => {
      const stream = { group, name, id: hex(16), created: clock.now() }
      streams.put(scope, streamKey(group, name), stream)
      indexOf(scope, group).set(name, stream)
      return stream
    },
    removeStream,
    expiry,
    segments: stream => files().segmentsOf(stream.id),
    forget: () => {
      byGroup = undefined
    },
    startSweeping: () => void clock.after(SWEEP_INTERVAL, sweep),
  }
}
