import { notImplemented } from '@sonde/wire'

type Check = (value: unknown) => boolean

const is =
  (...values: readonly unknown[]): Check =>
  value =>
    values.includes(value)

const anything: Check = () => true

/**
 * Members of inputs that ask for what happens anyway, or that concern clients alone. All others that an operation does
 * not honour are refused by name.
 */
const WITHOUT_EFFECT: Readonly<Record<string, Check>> = {
  // Every object belongs to the account, which may do everything with it.
  ACL: is('private', 'bucket-owner-full-control'),
  ServerSideEncryption: is('AES256'),
  StorageClass: is('STANDARD'),
  BucketKeyEnabled: is(false),
  ObjectLockEnabledForBucket: is(false),
  ObjectOwnership: is('BucketOwnerEnforced'),
  // Who pays is no matter here.
  RequestPayer: anything,
  // Names the checksum member, which is verified.
  ChecksumAlgorithm: anything,
  ChecksumMode: anything,
  ChecksumType: anything,
  // The stream's own end counts.
  ContentLength: anything,
  EncodingType: is('url'),
  TaggingDirective: is('COPY'),
  BypassGovernanceRetention: is(false),
}

/**
 * Refuses members of an input that its operation does not honour.
 *
 * @param honoured by the operation; `Bucket`, `Key` and `ExpectedBucketOwner` always are
 * @throws ServiceError `NotImplemented` naming the member
 */
export const refuseUnknownMembers = (operation: string, input: object, honoured: readonly string[]): void => {
  for (const [member, value] of Object.entries(input)) {
    if (value === undefined || value === null || honoured.includes(member)) continue
    if (member === 'Bucket' || member === 'Key' || member === 'ExpectedBucketOwner') continue
    // The wire gives an empty map where no header has the prefix.
    if (typeof value === 'object' && Object.keys(value).length === 0 && !(value instanceof Date)) continue
    if (!WITHOUT_EFFECT[member]?.(value)) throw notImplemented(`s3:${operation} with ${member}`)
  }
}
