import type { RequestContext } from '../../kernel/context.ts'
import type { ObjectReader } from '../../kernel/ports.ts'
import { constraintError, validationError } from './errors.ts'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export const MAX_TEMPLATE_BODY_BYTES = 51_200
export const MAX_TEMPLATE_OBJECT_BYTES = 1_000_000

export interface TemplateInput {
  readonly TemplateBody?: string | undefined
  readonly TemplateURL?: string | undefined
}

interface ObjectAddress {
  readonly bucket: string
  readonly key: string
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
const S3_PATH_HOST = /^s3([.-][a-z0-9-]+)?\.amazonaws\.com(\.cn)?$/
const S3_BUCKET_HOST = /^(.+)\.s3([.-][a-z0-9-]+)?\.amazonaws\.com(\.cn)?$/

const unsupported = () => validationError('TemplateURL must be a supported URL.')

const isOurs = (url: URL, endpoint: URL): boolean =>
  url.host === endpoint.host ||
  (url.port === endpoint.port && LOOPBACK.has(url.hostname) && LOOPBACK.has(endpoint.hostname))

const split = (path: string): ObjectAddress => {
  const [, bucket, key] = /^\/([^/]+)\/(.+)$/.exec(path) ?? []
  if (!bucket || !key) throw unsupported()
  return { bucket, key }
}

/**
 * The S3 object that a `TemplateURL` names: path style on our own endpoint, either style on S3's host names.
 *
 * @param endpoint the address that the client reached us at
 * @throws ServiceError `ValidationError`: `TemplateURL must be a supported URL.`
 */
export const objectAddress = (text: string, endpoint: string): ObjectAddress => {
  if (!URL.canParse(text)) throw unsupported()
  const url = new URL(text)
  // A version of an object would be another template than the one we read.
  if (url.search !== '') throw unsupported()
  let path: string
  try {
    path = decodeURIComponent(url.pathname)
  } catch {
    throw unsupported()
  }
  if (isOurs(url, new URL(endpoint))) return split(path)
  if (url.protocol !== 'https:') throw unsupported()
  if (S3_PATH_HOST.test(url.hostname)) return split(path)
  const bucket = S3_BUCKET_HOST.exec(url.hostname)?.[1]
  if (!bucket || path.length < 2) throw unsupported()
  return { bucket, key: path.slice(1) }
}

const readObject = async (url: string, objects: ObjectReader, context: RequestContext): Promise<string> => {
  const { bucket, key } = objectAddress(url, context.endpoint)
  const bytes = await objects.getObject(context.scope, bucket, key)
  if (!bytes) throw validationError(`S3 error: The specified key does not exist. (${bucket}/${key})`)
  if (bytes.byteLength > MAX_TEMPLATE_OBJECT_BYTES) {
    throw validationError(`Template may not exceed ${MAX_TEMPLATE_OBJECT_BYTES} bytes in size.`)
  }
  return new TextDecoder().decode(bytes)
}

/**
 * The text of the template that a request gives, or `undefined` where it gives none.
 *
 * @throws ServiceError `ValidationError` for both at once, too large a body, an URL that is not ours or S3's
 */
export const readTemplateSource = async (
  { TemplateBody: body, TemplateURL: url }: TemplateInput,
  objects: ObjectReader,
  context: RequestContext,
): Promise<string | undefined> => {
  if (body !== undefined && url !== undefined) {
    throw validationError('Only one of TemplateBody or TemplateURL can be specified.')
  }
  if (url !== undefined) return readObject(url, objects, context)
  if (body === undefined) return undefined
  if (body === '') throw constraintError('', 'templateBody', 'have length greater than or equal to 1')
  if (Buffer.byteLength(body) > MAX_TEMPLATE_BODY_BYTES) {
    throw constraintError(
      body,
      'templateBody',
      `have length less than or equal to ${MAX_TEMPLATE_BODY_BYTES}`,
    )
  }
  return body
}
