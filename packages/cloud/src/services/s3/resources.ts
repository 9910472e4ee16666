import { isDeepStrictEqual } from 'node:util'
import { notImplemented, ServiceError } from '@sonde/wire'
import type { ResourceState, ResourceType, ResourceTypes } from '../../kernel/resource-type.ts'
import { partitionOf, type Scope, urlSuffixOf } from '../../kernel/scope.ts'
import { checkBucketName, type Tag } from './buckets.ts'
import type { S3State } from './context.ts'
import { bucketAlreadyOwned, bucketNotEmpty } from './errors.ts'

/** A bucket's longest name, which generated names must fit. */
const MAX_NAME = 63

const stateOf = (scope: Scope, name: string): ResourceState => {
  const suffix = urlSuffixOf(scope.region)
  return {
    physicalId: name,
    attributes: {
      Arn: `arn:${partitionOf(scope.region)}:s3:::${name}`,
      DomainName: `${name}.s3.${suffix}`,
      RegionalDomainName: `${name}.s3.${scope.region}.${suffix}`,
      DualStackDomainName: `${name}.s3.dualstack.${scope.region}.${suffix}`,
      WebsiteURL: `http://${name}.s3-website-${scope.region}.${suffix}`,
    },
  }
}

/** The encryption that every bucket has anyway. */
const DEFAULT_ENCRYPTION = {
  ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
}

const readTags = (properties: Readonly<Record<string, unknown>>): readonly Tag[] => {
  const { BucketEncryption: encryption, Tags: tags = [] } = properties
  if (encryption !== undefined && !isDeepStrictEqual(encryption, DEFAULT_ENCRYPTION)) {
    throw notImplemented('AWS::S3::Bucket with a BucketEncryption other than AES256')
  }
  if (!Array.isArray(tags)) throw new ServiceError('ValidationError', 'Property Tags must be a list')
  return tags.map(({ Key, Value }) => ({ Key: String(Key), Value: String(Value) }))
}

/** `AWS::S3::Bucket`: a plain bucket. `Ref` is its name. */
export const createResources = ({ buckets, now }: S3State): ResourceTypes => {
  const bucket: ResourceType = {
    properties: ['BucketName', 'BucketEncryption', 'Tags'],
    create: ({ scope, properties, generateName }) => {
      const tags = readTags(properties)
      const given = properties.BucketName
      const name = typeof given === 'string' ? given : generateName(MAX_NAME).toLowerCase()
      checkBucketName(name)
      if (buckets.find(scope, name)) throw bucketAlreadyOwned(name)
      buckets.put(scope, { name, created: now(), ...(tags.length > 0 && { tags }) })
      return stateOf(scope, name)
    },
    update: ({ scope, properties }, previous) => {
      const tags = readTags(properties)
      if (properties.BucketName !== previous.properties.BucketName) return 'replace'
      const { created } = buckets.require(scope, previous.physicalId)
      buckets.put(scope, { name: previous.physicalId, created, ...(tags.length > 0 && { tags }) })
      return stateOf(scope, previous.physicalId)
    },
    delete: (scope, { physicalId }) => {
      if (!buckets.find(scope, physicalId)) return
      if (buckets.objects(scope, physicalId).length > 0) throw bucketNotEmpty(physicalId)
      buckets.remove(scope, physicalId)
    },
  }
  return { 'AWS::S3::Bucket': bucket }
}
