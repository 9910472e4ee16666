import { ServiceError } from '@sonde/wire'

export const noSuchBucket = (bucket: string): ServiceError =>
  new ServiceError('NoSuchBucket', 'The specified bucket does not exist', {
    status: 404,
    fields: { BucketName: bucket },
  })

export const noSuchKey = (key: string): ServiceError =>
  new ServiceError('NoSuchKey', 'The specified key does not exist.', { status: 404, fields: { Key: key } })

/** HEAD requests carry no body to name what is missing in. */
export const notFound = (): ServiceError => new ServiceError('NotFound', 'Not Found', { status: 404 })

export const noSuchUpload = (): ServiceError =>
  new ServiceError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { status: 404 },
  )

export const invalidArgument = (message: string): ServiceError =>
  new ServiceError('InvalidArgument', message, { status: 400 })

export const preconditionFailed = (condition: string): ServiceError =>
  new ServiceError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    status: 412,
    fields: { Condition: condition },
  })

export const notModified = (): ServiceError =>
  new ServiceError('NotModified', 'Not Modified', { status: 304 })

export const invalidRange = (range: string, size: number): ServiceError =>
  new ServiceError('InvalidRange', 'The requested range is not satisfiable', {
    status: 416,
    fields: { RangeRequested: range, ActualObjectSize: size },
    headers: { 'content-range': `bytes */${size}` },
  })

export const badDigest = (what: string): ServiceError =>
  new ServiceError('BadDigest', `The ${what} you specified did not match the calculated checksum.`)

export const invalidDigest = (): ServiceError =>
  new ServiceError('InvalidDigest', 'The Content-MD5 you specified was invalid.')

export const bucketNotEmpty = (bucket: string): ServiceError =>
  new ServiceError('BucketNotEmpty', 'The bucket you tried to delete is not empty', {
    status: 409,
    fields: { BucketName: bucket },
  })

export const bucketAlreadyOwned = (bucket: string): ServiceError =>
  new ServiceError(
    'BucketAlreadyOwnedByYou',
    'Your previous request to create the named bucket succeeded and you already own it.',
    { status: 409, fields: { BucketName: bucket } },
  )

export const invalidBucketName = (bucket: string): ServiceError =>
  new ServiceError('InvalidBucketName', 'The specified bucket is not valid.', {
    fields: { BucketName: bucket },
  })

export const accessDenied = (): ServiceError =>
  new ServiceError('AccessDenied', 'Access Denied', { status: 403 })

export const entityTooLarge = (): ServiceError =>
  new ServiceError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size')

export const entityTooSmall = (): ServiceError =>
  new ServiceError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size')

export const keyTooLong = (): ServiceError => new ServiceError('KeyTooLongError', 'Your key is too long')

export const metadataTooLarge = (): ServiceError =>
  new ServiceError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size')
