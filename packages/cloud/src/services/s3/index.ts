import type { ObjectReader } from '../../kernel/ports.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import { createBlobs } from './blobs.ts'
import { createBucketOperations } from './bucket-operations.ts'
import { createBuckets } from './buckets.ts'
import type { S3Operations, S3State } from './context.ts'
import { createListOperations } from './list-operations.ts'
import { createObjectOperations } from './object-operations.ts'
import { createResources } from './resources.ts'
import { createUploadOperations, createUploads } from './uploads.ts'

/** S3, as far as the CDK, the AWS CLI and reference data need it. Objects are files, their records a collection. */
export const createS3 = ({ store }: { readonly store: Store }): CloudService & ObjectReader => {
  const buckets = createBuckets(store)
  const blobs = createBlobs(() => store.folder('s3'))
  const uploads = createUploads(store)
  const state: S3State = { buckets, blobs, now: Date.now }
  const operations: S3Operations = {
    ...createBucketOperations(state),
    ...createObjectOperations(state),
    ...createListOperations(state),
    ...createUploadOperations(state, uploads),
  }
  return {
    id: 's3',
    apis: [{ api: 's3', operations }],
    resources: createResources(state),
    start: async () => {
      const named = new Set<string>()
      for (const { blob } of buckets.allObjects()) named.add(blob.id)
      for (const { id } of uploads.blobs()) named.add(id)
      blobs.sweep(named)
    },
    reset: () => {
      blobs.clear()
      buckets.forgetOrder()
    },
    getObject: async (scope, bucket, key) => {
      const object = buckets.object(scope, bucket, key)
      return object && blobs.read(object.blob)
    },
    listObjects: async (scope, bucket, prefix) =>
      buckets.objects(scope, bucket).flatMap(({ key }) => (key.startsWith(prefix) ? [key] : [])),
  }
}
