import type { FindTaggable } from '../tags.ts'
import type { AlarmEngine } from './engine.ts'

/** Finds alarms and mute rules by their ARNs. */
export const findTaggable =
  ({ alarms, mutes }: AlarmEngine): FindTaggable =>
  (scope, { account, region, resource }) => {
    if (account !== scope.account || region !== scope.region) return undefined
    const [, kind, name = ''] = /^(alarm|alarm-mute-rule):(.+)$/s.exec(resource) ?? []
    const record = kind === 'alarm' ? alarms.find(scope, name) : undefined
    if (record) {
      return {
        tags: record.alarm.tags,
        setTags: tags => void alarms.putAlarm(record, { ...record.alarm, tags }),
      }
    }
    const rule = kind === 'alarm-mute-rule' ? mutes.find(scope, name) : undefined
    return rule && { tags: rule.tags, setTags: tags => mutes.put(scope, { ...rule, tags }) }
  }
