import { quoted, type S3Operations, type S3State, text } from './context.ts'
import { invalidArgument } from './errors.ts'
import { listKeys } from './listing.ts'
import { refuseUnknownMembers } from './members.ts'

/** The most keys of one page. */
const MAX_KEYS = 1_000

export const encodeToken = (key: string): string => Buffer.from(key).toString('base64url')

/** @throws ServiceError `InvalidArgument` for a token that we did not give */
export const decodeToken = (token: string): string => {
  const key = Buffer.from(token, 'base64url').toString()
  if (token === '' || encodeToken(key) !== token) {
    throw invalidArgument('The continuation token provided is incorrect')
  }
  return key
}

/** As clients that ask for `encoding-type=url` decode it; slashes stay. */
const encodeUrl = (value: string): string => encodeURIComponent(value).replaceAll('%2F', '/')

/** ListObjectsV2. The first version of it has no handler. */
export const createListOperations = ({ buckets }: S3State): Pick<S3Operations, 'ListObjectsV2'> => ({
  ListObjectsV2: (input, { scope }) => {
    refuseUnknownMembers('ListObjectsV2', input, [
      'Prefix',
      'Delimiter',
      'MaxKeys',
      'StartAfter',
      'ContinuationToken',
      'FetchOwner',
      'EncodingType',
    ])
    const { name } = buckets.require(scope, text(input.Bucket), input.ExpectedBucketOwner)
    const {
      Prefix: prefix = '',
      Delimiter: delimiter = '',
      StartAfter,
      ContinuationToken,
      EncodingType,
    } = input
    if (EncodingType !== undefined && EncodingType !== 'url') {
      throw invalidArgument('Invalid Encoding Method specified in Request')
    }
    const asked = input.MaxKeys ?? MAX_KEYS
    if (!Number.isInteger(asked) || asked < 0) {
      throw invalidArgument('Argument maxKeys must be an integer between 0 and 2147483647')
    }
    const maxKeys = Math.min(asked, MAX_KEYS)
    const objects = buckets.objects(scope, name)
    const byKey = new Map(objects.map(object => [object.key, object]))
    const listing = listKeys([...byKey.keys()], {
      prefix,
      delimiter,
      after: ContinuationToken === undefined ? StartAfter : decodeToken(ContinuationToken),
      maxKeys,
    })
    const written = EncodingType === 'url' ? encodeUrl : (value: string) => value
    const contents = listing.keys.flatMap(key => {
      const object = byKey.get(key)
      if (!object) return []
      return [
        {
          Key: written(key),
          LastModified: new Date(object.lastModified),
          ETag: quoted(object.etag),
          Size: object.blob.size,
          StorageClass: 'STANDARD' as const,
          ...(input.FetchOwner && { Owner: { ID: scope.account } }),
        },
      ]
    })
    return {
      Name: name,
      Prefix: written(prefix),
      ...(delimiter !== '' && { Delimiter: written(delimiter) }),
      ...(StartAfter !== undefined && { StartAfter: written(StartAfter) }),
      ...(ContinuationToken !== undefined && { ContinuationToken }),
      ...(EncodingType && { EncodingType }),
      MaxKeys: maxKeys,
      KeyCount: listing.keys.length + listing.commonPrefixes.length,
      IsTruncated: listing.next !== undefined,
      ...(listing.next !== undefined && { NextContinuationToken: encodeToken(listing.next) }),
      ...(contents.length > 0 && { Contents: contents }),
      ...(listing.commonPrefixes.length > 0 && {
        CommonPrefixes: listing.commonPrefixes.map(common => ({ Prefix: written(common) })),
      }),
    }
  },
})
