import { notImplemented } from '@sonde/wire'
import { strToU8, zipSync } from 'fflate'
import type { CodeInput } from '../operations/code.ts'
import type { TemplateProperties } from '../template-properties.ts'

/** Zip timestamps start there; a fixed one makes equal sources equal packages. */
const ZIP_EPOCH = new Date(1980, 0, 1)

/** `Code`: a package in S3, or `ZipFile`, which in a template is the source of one file. */
export const readCode = (properties: TemplateProperties, runtime: string): CodeInput => {
  const code = properties.object('Code')
  code.only(['S3Bucket', 'S3Key', 'S3ObjectVersion', 'ImageUri', 'SourceKMSKeyArn', 'ZipFile'])
  const source = code.text('ZipFile')
  const file = runtime.startsWith('nodejs') ? 'index.js' : undefined
  if (source !== undefined && file === undefined)
    throw notImplemented(`Code.ZipFile in a template for ${runtime}`)
  return {
    S3Bucket: code.text('S3Bucket'),
    S3Key: code.text('S3Key'),
    S3ObjectVersion: code.text('S3ObjectVersion'),
    ImageUri: code.text('ImageUri'),
    SourceKMSKeyArn: code.text('SourceKMSKeyArn'),
    ...(source === undefined || file === undefined
      ? {}
      : { ZipFile: zipSync({ [file]: [strToU8(source), { mtime: ZIP_EPOCH }] }) }),
  }
}
