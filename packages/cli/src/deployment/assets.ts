import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { type Zippable, zipSync } from 'fflate'
import type { FileAsset } from '../synthesis/assembly.ts'

/** The earliest time a zip can hold: the same folder makes the same archive. */
const ZIP_EPOCH = new Date('1980-01-01T12:00:00')

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort()

const zipFolder = (folder: string): Uint8Array => {
  const files: Zippable = {}
  for (const path of filesOf(folder)) {
    const name = relative(folder, path).split(sep).join('/')
    files[name] = [readFileSync(path), { attrs: (statSync(path).mode & 0o777) << 16, os: 3 }]
  }
  return zipSync(files, { level: 1, mtime: ZIP_EPOCH })
}

const bytesOf = ({ path, packaging }: FileAsset): Uint8Array => {
  if (packaging === 'zip' && statSync(path).isDirectory()) return zipFolder(path)
  return readFileSync(path)
}

const isPublished = async (s3: S3Client, { bucket, key }: FileAsset): Promise<boolean> => {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
    return true
  } catch {
    return false
  }
}

/** Uploads what is not there yet; a key holds the hash of its content. Returns how many were uploaded. */
export const publishAssets = async (s3: S3Client, assets: readonly FileAsset[]): Promise<number> => {
  let published = 0
  for (const asset of assets) {
    if (await isPublished(s3, asset)) continue
    await s3.send(new PutObjectCommand({ Bucket: asset.bucket, Key: asset.key, Body: bytesOf(asset) }))
    published++
  }
  return published
}
