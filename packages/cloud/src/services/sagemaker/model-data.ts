import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { ContainerDefinition } from '@aws-sdk/client-sagemaker'
import type { ObjectReader } from '../../kernel/ports.ts'
import type { Scope } from '../../kernel/scope.ts'
import { readTar, TarError } from './tar.ts'

const unzip = promisify(gunzip)

/** Of the extracted artefacts, which pass through memory. */
const EXTRACTED_LIMIT = 2 * 1024 ** 3

/** Where a model's artefacts are, and in which form. */
export interface ModelData {
  readonly bucket: string
  readonly key: string
  /** `archive`: one tar.gz to extract. `file` and `prefix`: taken as they are. */
  readonly form: 'archive' | 'file' | 'prefix'
}

export class ModelDataError extends Error {
  override readonly name = 'ModelDataError' as const
}

const parseUri = (uri: string): { bucket: string; key: string } => {
  const match = /^(?:https|s3):\/\/([^/]+)\/?(.*)$/.exec(uri)
  if (!match?.[1] || uri.startsWith('https:')) {
    throw new ModelDataError(`${uri} is not of the form s3://bucket/key`)
  }
  return { bucket: match[1], key: match[2] ?? '' }
}

/** What `ModelDataUrl` or `ModelDataSource` of a container point to; `undefined` where it has neither. */
export const modelDataOf = (container: ContainerDefinition): ModelData | undefined => {
  if (container.ModelDataUrl) return { ...parseUri(container.ModelDataUrl), form: 'archive' }
  const source = container.ModelDataSource?.S3DataSource
  if (!source?.S3Uri) return undefined
  const form =
    source.S3DataType === 'S3Prefix' ? 'prefix' : source.CompressionType === 'Gzip' ? 'archive' : 'file'
  return { ...parseUri(source.S3Uri), form }
}

interface ModelFile {
  readonly path: string
  readonly content: Uint8Array
  readonly executable: boolean
}

const extract = async (archive: Uint8Array): Promise<ModelFile[]> => {
  let bytes: Buffer
  try {
    bytes = await unzip(archive, { maxOutputLength: EXTRACTED_LIMIT })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new ModelDataError('is larger than 2 GiB when extracted')
    }
    throw new ModelDataError(`is no gzip file: ${error instanceof Error ? error.message : error}`)
  }
  try {
    return [...readTar(bytes)].filter(entry => entry.type === 'file')
  } catch (error) {
    throw error instanceof TarError ? new ModelDataError(`cannot be extracted: ${error.message}`) : error
  }
}

const write = async (root: string, files: readonly ModelFile[]): Promise<void> => {
  for (const file of files) {
    const path = join(root, file.path)
    const inside = relative(root, path)
    if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || file.path.includes('\0')) {
      throw new ModelDataError(`holds "${file.path}", which lies outside of the model's folder`)
    }
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, file.content, { mode: file.executable ? 0o755 : 0o644 })
  }
}

const download = async (objects: ObjectReader, scope: Scope, data: ModelData): Promise<ModelFile[]> => {
  const keys = data.form === 'prefix' ? await objects.listObjects(scope, data.bucket, data.key) : [data.key]
  const files: ModelFile[] = []
  for (const key of keys) {
    if (key.endsWith('/')) continue
    const content = await objects.getObject(scope, data.bucket, key)
    if (!content) {
      throw new ModelDataError(data.form === 'prefix' ? `lost "${key}" while it was read` : 'does not exist')
    }
    if (data.form === 'archive') return extract(content)
    const path =
      data.form === 'prefix' ? key.slice(data.key.length).replace(/^\/+/, '') : (key.split('/').pop() ?? '')
    files.push({ path, content, executable: false })
  }
  if (files.length === 0) throw new ModelDataError('does not exist')
  return files
}

const digestOf = (files: readonly ModelFile[]): string => {
  const hash = createHash('sha256')
  for (const file of files)
    hash.update(`${file.path}\0${file.executable}\0${file.content.length}\0`).update(file.content)
  return hash.digest('hex')
}

/**
 * Brings a model's artefacts onto this machine. On AWS they lie in `/opt/ml/model`; here in `model` below the folder
 * that is returned, which the container gets as `SAGEMAKER_BASE_DIR`. Equal artefacts are kept once.
 *
 * @param folder where such folders are kept
 * @throws ModelDataError naming the object and what is wrong with it
 */
export const fetchModelData = async (
  objects: ObjectReader,
  scope: Scope,
  data: ModelData,
  folder: string,
): Promise<string> => {
  try {
    const files = await download(objects, scope, data)
    const base = join(folder, digestOf(files))
    if (existsSync(base)) return base
    // Written aside and renamed, so that what exists under its digest is always whole.
    const aside = join(folder, `.${randomUUID()}`)
    try {
      await mkdir(join(aside, 'model'), { recursive: true })
      await write(join(aside, 'model'), files)
      await rename(aside, base).catch(error => {
        if (!existsSync(base)) throw error
      })
    } finally {
      await rm(aside, { recursive: true, force: true })
    }
    return base
  } catch (error) {
    if (!(error instanceof ModelDataError)) throw error
    throw new ModelDataError(`The model data s3://${data.bucket}/${data.key} ${error.message}`)
  }
}
