import type * as Sdk from '@aws-sdk/client-lambda'
import { notImplemented, ServiceError } from '@sonde/wire'
import type { Scope } from '../../../kernel/scope.ts'
import { invalidParameter } from '../errors.ts'
import { MAXIMUM_ZIP_BYTES } from '../limits.ts'
import type { StoredPackage } from '../package/package-store.ts'
import type { OperationsDependencies } from './dependencies.ts'

/** Where a request says that a package is. */
export type CodeInput = Pick<
  Sdk.FunctionCode,
  | 'ZipFile'
  | 'S3Bucket'
  | 'S3Key'
  | 'S3ObjectVersion'
  | 'S3ObjectStorageMode'
  | 'ImageUri'
  | 'SourceKMSKeyArn'
>

const refuseUnsupported = (code: CodeInput): void => {
  if (code.ImageUri) throw notImplemented("Lambda's PackageType Image (Code.ImageUri)")
  if (code.S3ObjectVersion) throw notImplemented("Lambda's Code.S3ObjectVersion")
  if (code.SourceKMSKeyArn) throw notImplemented("Lambda's Code.SourceKMSKeyArn")
  if (code.S3ObjectStorageMode && code.S3ObjectStorageMode !== 'COPY') {
    throw notImplemented(`Lambda's Code.S3ObjectStorageMode ${code.S3ObjectStorageMode}`)
  }
}

const noSuchKey = (): ServiceError =>
  invalidParameter(
    'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
  )

/**
 * Brings a package into the store.
 *
 * @throws ServiceError `InvalidParameterValueException`, `RequestEntityTooLargeException`
 */
export const storeCode = async (
  { packages, objects }: Pick<OperationsDependencies, 'packages' | 'objects'>,
  scope: Scope,
  code: CodeInput,
): Promise<StoredPackage> => {
  refuseUnsupported(code)
  if (code.ZipFile) {
    if (code.S3Bucket || code.S3Key) {
      throw invalidParameter('Please do not provide other FunctionCode parameters when providing a ZipFile.')
    }
    if (code.ZipFile.length > MAXIMUM_ZIP_BYTES) {
      throw new ServiceError(
        'RequestEntityTooLargeException',
        `Request must be smaller than ${MAXIMUM_ZIP_BYTES} bytes for the CreateFunction operation`,
        { status: 413 },
      )
    }
    return packages.add(code.ZipFile)
  }
  if (!code.S3Bucket || !code.S3Key) throw invalidParameter('Please provide a source for function code.')
  const archive = await objects.getObject(scope, code.S3Bucket, code.S3Key)
  if (!archive) throw noSuchKey()
  return packages.add(archive)
}
