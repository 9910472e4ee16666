import { notImplemented, ServiceError } from '@sonde/wire'
import { bootstrapBucket, checkBucketName } from './buckets.ts'
import { type S3Operations, type S3State, text } from './context.ts'
import { bucketAlreadyOwned, bucketNotEmpty, invalidArgument, notFound } from './errors.ts'
import { decodeToken, encodeToken } from './list-operations.ts'
import { refuseUnknownMembers } from './members.ts'

const DEFAULT_REGION = 'us-east-1'

const illegalLocation = (constraint: string): ServiceError =>
  new ServiceError(
    'IllegalLocationConstraintException',
    `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  )

/** What every bucket has had since 2023: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html */
const ENCRYPTION = {
  ServerSideEncryptionConfiguration: {
    Rules: [
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const }, BucketKeyEnabled: false },
    ],
  },
}

type BucketOperation =
  | 'CreateBucket'
  | 'DeleteBucket'
  | 'HeadBucket'
  | 'ListBuckets'
  | 'GetBucketLocation'
  | 'GetBucketEncryption'
  | 'GetBucketVersioning'
  | 'GetBucketTagging'

/** The operations on buckets themselves. */
export const createBucketOperations = ({ buckets, now }: S3State): Pick<S3Operations, BucketOperation> => ({
  CreateBucket: (input, { scope }) => {
    refuseUnknownMembers('CreateBucket', input, ['CreateBucketConfiguration'])
    const name = text(input.Bucket)
    checkBucketName(name)
    const { LocationConstraint: constraint, Tags, ...rest } = input.CreateBucketConfiguration ?? {}
    refuseUnknownMembers('CreateBucket', rest, [])
    if (constraint === undefined && scope.region !== DEFAULT_REGION) throw illegalLocation('unspecified')
    if (constraint !== undefined && constraint !== scope.region) throw illegalLocation(constraint)
    if (buckets.find(scope, name)) throw bucketAlreadyOwned(name)
    const tags = (Tags ?? []).map(({ Key, Value }) => ({ Key: text(Key), Value: text(Value) }))
    buckets.put(scope, { name, created: now(), ...(tags.length > 0 && { tags }) })
    return { Location: `/${name}`, BucketArn: `arn:aws:s3:::${name}` }
  },

  DeleteBucket: (input, { scope }) => {
    refuseUnknownMembers('DeleteBucket', input, [])
    const { name } = buckets.require(scope, text(input.Bucket), input.ExpectedBucketOwner)
    if (buckets.objects(scope, name).length > 0) throw bucketNotEmpty(name)
    if (name === bootstrapBucket(scope)) throw notImplemented('s3:DeleteBucket of the CDK bootstrap bucket')
    buckets.remove(scope, name)
    return {}
  },

  HeadBucket: (input, { scope }) => {
    refuseUnknownMembers('HeadBucket', input, [])
    if (!buckets.find(scope, text(input.Bucket))) throw notFound()
    buckets.require(scope, text(input.Bucket), input.ExpectedBucketOwner)
    return { BucketRegion: scope.region, AccessPointAlias: false, BucketArn: `arn:aws:s3:::${input.Bucket}` }
  },

  ListBuckets: (input, { scope }) => {
    refuseUnknownMembers('ListBuckets', input, ['MaxBuckets', 'Prefix', 'ContinuationToken', 'BucketRegion'])
    const {
      MaxBuckets: max = 10_000,
      Prefix: prefix = '',
      BucketRegion: region,
      ContinuationToken: token,
    } = input
    if (max < 1 || max > 10_000) throw invalidArgument('MaxBuckets must be between 1 and 10000.')
    const after = token === undefined ? '' : decodeToken(token)
    const matching = buckets
      .list(scope)
      .filter(
        ({ name }) => name.startsWith(prefix) && name > after && (region ?? scope.region) === scope.region,
      )
    const page = matching.slice(0, max)
    return {
      Owner: { ID: scope.account },
      Buckets: page.map(({ name, created }) => ({
        Name: name,
        CreationDate: new Date(created),
        BucketRegion: scope.region,
        BucketArn: `arn:aws:s3:::${name}`,
      })),
      ...(input.Prefix !== undefined && { Prefix: prefix }),
      ...(matching.length > max && {
        ContinuationToken: encodeToken(text(page.at(-1)?.name)),
      }),
    }
  },

  GetBucketLocation: (input, { scope }) => {
    refuseUnknownMembers('GetBucketLocation', input, [])
    buckets.require(scope, text(input.Bucket), input.ExpectedBucketOwner)
    // Absent for us-east-1, as on AWS.
    return scope.region === DEFAULT_REGION ? {} : { LocationConstraint: scope.region as never }
  },

  GetBucketEncryption: (input, { scope }) => {
    refuseUnknownMembers('GetBucketEncryption', input, [])
    buckets.require(scope, text(input.Bucket), input.ExpectedBucketOwner)
    return ENCRYPTION
  },

  // Empty, which says that versioning was never switched on. Nothing can: PutBucketVersioning is not here.
  GetBucketVersioning: (input, { scope }) => {
    refuseUnknownMembers('GetBucketVersioning', input, [])
    buckets.require(scope, text(input.Bucket), input.ExpectedBucketOwner)
    return {}
  },

  GetBucketTagging: (input, { scope }) => {
    refuseUnknownMembers('GetBucketTagging', input, [])
    const { tags } = buckets.require(scope, text(input.Bucket), input.ExpectedBucketOwner)
    if (!tags) throw new ServiceError('NoSuchTagSet', 'The TagSet does not exist', { status: 404 })
    return { TagSet: tags.map(tag => ({ ...tag })) }
  },
})
