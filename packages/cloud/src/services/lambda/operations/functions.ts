import { pathToFileURL } from 'node:url'
import type * as Sdk from '@aws-sdk/client-lambda'
import { notImplemented } from '@sonde/wire'
import type { Scope } from '../../../kernel/scope.ts'
import { checkRevision, codeOf } from '../catalogue.ts'
import { applyConfiguration, checkArchitecture } from '../configuration.ts'
import { describeFunction, requireLayers } from '../descriptions.ts'
import { conflict, constraintViolation, functionsOnly, invalidParameter, tracesDenied } from '../errors.ts'
import { MAXIMUM_TAGS } from '../limits.ts'
import { type FunctionReference, LATEST, parseFunctionName } from '../names.ts'
import { toCodeSha256 } from '../package/package-store.ts'
import type { FunctionSettings } from '../records.ts'
import { storeCode } from './code.ts'
import type { LambdaOperations, OperationsDependencies } from './dependencies.ts'
import { page } from './page.ts'

/** @throws ServiceError where there are more than Lambda takes */
export const checkTags = (tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  const count = Object.keys(tags).length
  if (count > MAXIMUM_TAGS)
    throw invalidParameter(`Number of tags exceeds resource tag limit: ${MAXIMUM_TAGS}`)
  return tags
}

const unqualified = (scope: Scope, name: string | undefined): FunctionReference => {
  const reference = parseFunctionName(scope, name ?? '')
  if (reference.qualifier !== undefined && reference.qualifier !== LATEST) throw functionsOnly()
  return { ...reference, qualifier: undefined }
}

const refuseCreateOptions = (input: Sdk.CreateFunctionCommandInput): void => {
  if (input.PackageType === 'Image') throw notImplemented("Lambda's PackageType Image")
  if (input.CodeSigningConfigArn) throw notImplemented("Lambda's CodeSigningConfigArn")
  if (input.TenancyConfig) throw notImplemented("Lambda's TenancyConfig")
  if (input.PublishTo) throw notImplemented("Lambda's PublishTo")
}

/** @throws ServiceError `InvalidParameterValueException`, only where tracing or role are new: later losses go unnoticed */
export const requireTracePermission = (
  mayWriteTraces: (roleArn: string) => boolean,
  { tracingMode, role }: FunctionSettings,
  previous: FunctionSettings | undefined,
): void => {
  if (tracingMode === 'PassThrough') return
  if (previous?.tracingMode === tracingMode && previous.role === role) return
  if (!mayWriteTraces(role)) throw tracesDenied()
}

/** CreateFunction, GetFunction, UpdateFunctionCode, UpdateFunctionConfiguration, DeleteFunction, ListFunctions and their kin. */
export const functionOperations = (dependencies: OperationsDependencies) => {
  const { catalogue, packages, mayWriteTraces, outlets } = dependencies

  return {
    CreateFunction: async (input, { scope }) => {
      refuseCreateOptions(input)
      const { name, qualifier } = parseFunctionName(scope, input.FunctionName ?? '')
      if (qualifier !== undefined) {
        throw constraintViolation(input.FunctionName, 'functionName', 'Member must have no qualifier')
      }
      const settings = applyConfiguration(name, undefined, input, outlets)
      requireTracePermission(mayWriteTraces, settings, undefined)
      requireLayers(catalogue, settings.layers)
      const architecture = checkArchitecture(input.Architectures)
      const tags = checkTags(input.Tags ?? {})
      if (catalogue.functions.get(scope, name)) throw conflict(`Function already exist: ${name}`)
      const code = await storeCode(dependencies, scope, input.Code ?? {})
      const version = {
        ...settings,
        functionName: name,
        architecture,
        codeHash: code.hash,
        codeSize: code.size,
      }
      const { latest } = catalogue.create(scope, version, tags)
      if (!input.Publish) return describeFunction(catalogue, scope, latest)
      const published = catalogue.publish({ scope, name, qualifier: undefined }, {}, toCodeSha256)
      return describeFunction(catalogue, scope, published)
    },

    GetFunction: (input, { scope }) => {
      const reference = parseFunctionName(scope, input.FunctionName ?? '', input.Qualifier)
      const { record, version } = catalogue.resolve(reference)
      const { tags, reservedConcurrency } = record
      return {
        Configuration: describeFunction(catalogue, reference.scope, version, reference.qualifier),
        Code: { RepositoryType: 'S3', Location: pathToFileURL(packages.archivePath(version.codeHash)).href },
        ...(Object.keys(tags).length === 0 ? {} : { Tags: { ...tags } }),
        ...(reservedConcurrency === undefined
          ? {}
          : { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
      }
    },

    GetFunctionConfiguration: (input, { scope }) => {
      const reference = parseFunctionName(scope, input.FunctionName ?? '', input.Qualifier)
      const { version } = catalogue.resolve(reference)
      return describeFunction(catalogue, reference.scope, version, reference.qualifier)
    },

    UpdateFunctionCode: async (input, { scope }) => {
      if (input.PublishTo) throw notImplemented("Lambda's PublishTo")
      const reference = unqualified(scope, input.FunctionName)
      checkRevision(catalogue.require(reference).latest.revisionId, input.RevisionId)
      checkArchitecture(input.Architectures)
      const code = await storeCode(dependencies, reference.scope, input)
      // Storing may have taken a while: the configuration may be another one by now.
      const { latest } = catalogue.require(reference)
      const architecture = checkArchitecture(input.Architectures, latest.architecture)
      const changes = { codeHash: code.hash, codeSize: code.size, architecture }
      if (input.DryRun) return describeFunction(catalogue, reference.scope, { ...latest, ...changes })
      const updated = catalogue.update(reference, { ...latest, ...changes }, input.RevisionId)
      if (!input.Publish) return describeFunction(catalogue, reference.scope, updated.latest)
      return describeFunction(catalogue, reference.scope, catalogue.publish(reference, {}, toCodeSha256))
    },

    UpdateFunctionConfiguration: (input, { scope }) => {
      const reference = unqualified(scope, input.FunctionName)
      const { latest } = catalogue.require(reference)
      const settings = applyConfiguration(latest.functionName, latest, input, outlets)
      requireTracePermission(mayWriteTraces, settings, latest)
      requireLayers(catalogue, settings.layers, latest.layers)
      return describeFunction(
        catalogue,
        reference.scope,
        catalogue.update(reference, { ...codeOf(latest), ...settings }, input.RevisionId).latest,
      )
    },

    DeleteFunction: (input, { scope }) => {
      const reference = parseFunctionName(scope, input.FunctionName ?? '', input.Qualifier)
      if (reference.qualifier === undefined) catalogue.delete(reference)
      else catalogue.deleteVersion(reference, reference.qualifier)
      return { StatusCode: 204 }
    },

    ListFunctions: (input, { scope }) => {
      if (input.MasterRegion && input.MasterRegion !== 'ALL') throw notImplemented("Lambda's MasterRegion")
      const all = catalogue.functions
        .list(scope)
        .flatMap(({ latest }) =>
          input.FunctionVersion === 'ALL'
            ? [latest, ...catalogue.publishedVersions(scope, latest.functionName)]
            : [latest],
        )
      const { items, next } = page(all, item => `${item.functionName}:${item.version}`, input)
      return {
        Functions: items.map(version =>
          describeFunction(
            catalogue,
            scope,
            version,
            input.FunctionVersion === 'ALL' ? version.version : undefined,
          ),
        ),
        ...next,
      }
    },
  } satisfies LambdaOperations
}
