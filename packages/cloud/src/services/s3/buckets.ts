import type { Scope } from '../../kernel/scope.ts'
import { scopeKey } from '../../kernel/scope.ts'
import type { Collection, Store } from '../../kernel/store.ts'
import type { Blob } from './blobs.ts'
import type { Checksums } from './checksums.ts'
import { accessDenied, invalidBucketName, noSuchBucket } from './errors.ts'
import { compareKeys } from './listing.ts'

export interface Tag {
  readonly Key: string
  readonly Value: string
}

export interface BucketRecord {
  readonly name: string
  /** ms since the epoch. */
  readonly created: number
  readonly tags?: readonly Tag[]
}

/** The headers that are kept with an object and returned with it. */
export interface ObjectHeaders {
  readonly CacheControl?: string
  readonly ContentDisposition?: string
  readonly ContentEncoding?: string
  readonly ContentLanguage?: string
  readonly ContentType?: string
  /** ISO 8601. */
  readonly Expires?: string
  readonly Metadata?: Readonly<Record<string, string>>
}

export interface ObjectRecord {
  readonly bucket: string
  readonly key: string
  readonly blob: Blob
  /** Without quotes. */
  readonly etag: string
  /** ms since the epoch. */
  readonly lastModified: number
  readonly headers: ObjectHeaders
  readonly checksums: Checksums
}

const BUCKET_NAME = /^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$/

/**
 * The bucket that the CDK publishes assets to. It is part of the environment's bootstrap, which the local cloud stands
 * for: every account and region is bootstrapped, so the bucket is there without having been made, and stays.
 */
export const bootstrapBucket = (scope: Scope): string =>
  `cdk-hnb659fds-assets-${scope.account}-${scope.region}`

/** Buckets and the records of their objects. */
export interface Buckets {
  /** @throws ServiceError `NoSuchBucket`, `AccessDenied` where `owner` is another account */
  require(scope: Scope, bucket: string, owner?: string): BucketRecord
  find(scope: Scope, bucket: string): BucketRecord | undefined
  list(scope: Scope): BucketRecord[]
  put(scope: Scope, bucket: BucketRecord): void
  remove(scope: Scope, bucket: string): void
  object(scope: Scope, bucket: string, key: string): ObjectRecord | undefined
  putObject(scope: Scope, object: ObjectRecord): void
  /** The record that was there. */
  removeObject(scope: Scope, bucket: string, key: string): ObjectRecord | undefined
  /** By key, in byte order. */
  objects(scope: Scope, bucket: string): readonly ObjectRecord[]
  /** To be called when the store was reset. */
  forgetOrder(): void
  /** Every object of every account. */
  allObjects(): Iterable<ObjectRecord>
}

/** @throws ServiceError `InvalidBucketName` */
export const checkBucketName = (name: string): void => {
  if (!BUCKET_NAME.test(name) || name.includes('..')) throw invalidBucketName(name)
}

const objectKey = (bucket: string, key: string): string => `${bucket}/${key}`

export const createBuckets = (store: Store): Buckets => {
  const buckets: Collection<BucketRecord> = store.collection('s3.buckets')
  const objects: Collection<ObjectRecord> = store.collection('s3.objects')
  /** Sorted once after each change, since clients list page by page. */
  const sorted = new Map<string, readonly ObjectRecord[]>()
  const changed = (scope: Scope, bucket: string): void => void sorted.delete(`${scopeKey(scope)}/${bucket}`)

  const find = (scope: Scope, bucket: string): BucketRecord | undefined =>
    buckets.get(scope, bucket) ??
    (bucket === bootstrapBucket(scope) ? { name: bucket, created: 0 } : undefined)

  return {
    find,
    require: (scope, bucket, owner) => {
      const found = find(scope, bucket)
      if (!found) throw noSuchBucket(bucket)
      if (owner !== undefined && owner !== scope.account) throw accessDenied()
      return found
    },
    list: scope => {
      const made = buckets.list(scope)
      const bootstrap = find(scope, bootstrapBucket(scope)) as BucketRecord
      const all = made.some(({ name }) => name === bootstrap.name) ? made : [...made, bootstrap]
      return all.sort((a, b) => compareKeys(a.name, b.name))
    },
    put: (scope, bucket) => buckets.put(scope, bucket.name, bucket),
    remove: (scope, bucket) => void buckets.delete(scope, bucket),
    object: (scope, bucket, key) => objects.get(scope, objectKey(bucket, key)),
    putObject: (scope, object) => {
      objects.put(scope, objectKey(object.bucket, object.key), object)
      changed(scope, object.bucket)
    },
    removeObject: (scope, bucket, key) => {
      const name = objectKey(bucket, key)
      const object = objects.get(scope, name)
      if (object) objects.delete(scope, name)
      changed(scope, bucket)
      return object
    },
    objects: (scope, bucket) => {
      const id = `${scopeKey(scope)}/${bucket}`
      let list = sorted.get(id)
      if (!list) {
        list = objects
          .list(scope)
          .filter(object => object.bucket === bucket)
          .sort((a, b) => compareKeys(a.key, b.key))
        sorted.set(id, list)
      }
      return list
    },
    forgetOrder: () => sorted.clear(),
    allObjects: function* () {
      for (const { value } of objects.entries()) yield value
    },
  }
}
