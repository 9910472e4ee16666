import { parseArn } from '../kernel/arn.ts'

/** What can be delivered to here. */
export type TargetKind = 'lambda' | 'sns' | 'sqs' | 'logs' | 'event-bus'

const RESOURCES: ReadonlyArray<readonly [service: string, resource: RegExp, kind: TargetKind]> = [
  ['lambda', /^function:[A-Za-z0-9-_]+(:[A-Za-z0-9-_$]+)?$/, 'lambda'],
  ['sns', /^[A-Za-z0-9-_]+$/, 'sns'],
  ['sqs', /^[A-Za-z0-9-_]+$/, 'sqs'],
  ['logs', /^log-group:[^:*]+(:\*)?$/, 'logs'],
  ['events', /^event-bus\/[./A-Za-z0-9-_]+$/, 'event-bus'],
]

/** The kind of target that an ARN names, or `undefined` for one that nothing here delivers to. */
export const targetKind = (arn: string): TargetKind | undefined => {
  const parsed = parseArn(arn)
  if (!parsed || !/^\d{12}$/.test(parsed.account) || parsed.region === '') return undefined
  return RESOURCES.find(
    ([service, resource]) => parsed.service === service && resource.test(parsed.resource),
  )?.[2]
}
