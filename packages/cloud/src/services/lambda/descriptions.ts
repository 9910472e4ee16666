import type * as Sdk from '@aws-sdk/client-lambda'
import { arn } from '../../kernel/arn.ts'
import { partitionOf, type Scope } from '../../kernel/scope.ts'
import type { Catalogue } from './catalogue.ts'
import { invalidParameter } from './errors.ts'
import { functionArn, LATEST } from './names.ts'
import { toCodeSha256 } from './package/package-store.ts'
import type { AliasRecord, LayerRecord, VersionRecord } from './records.ts'
import { runtimeVersionArnOf } from './runtime/launch.ts'

/** `arn:aws:lambda:<region>:<account>:layer:<name>[:<version>]` */
export const layerArn = (scope: Scope, name: string, version?: number): string =>
  arn(scope, 'lambda', `layer:${name}${version === undefined ? '' : `:${version}`}`)

/** The key of a layer version in its collection. */
export const layerKey = (name: string, version: number): string => `${name}:${version}`

/** A layer version by its ARN, whichever scope that names; also one that is deleted. */
export const findLayer = (catalogue: Catalogue, layerVersionArn: string): LayerRecord | undefined => {
  const [, , , region = '', account = '', , name = '', version = ''] = layerVersionArn.split(':')
  return catalogue.layers.get({ account, region }, layerKey(name, Number(version)))
}

/**
 * A version as the API describes it. Functions are active at once: their package is unpacked before the request that
 * brings it is answered.
 *
 * @param qualifier as the request named it; part of the ARN
 */
export const describeFunction = (
  catalogue: Catalogue,
  scope: Scope,
  version: VersionRecord,
  qualifier: string | undefined = version.version === LATEST ? undefined : version.version,
): Sdk.FunctionConfiguration => {
  const { variables, logging } = version
  return {
    FunctionName: version.functionName,
    FunctionArn: functionArn(scope, version.functionName, qualifier),
    Runtime: version.runtime as Sdk.Runtime,
    Role: version.role,
    Handler: version.handler,
    CodeSize: version.codeSize,
    Description: version.description,
    Timeout: version.timeout,
    MemorySize: version.memorySize,
    LastModified: version.lastModified,
    CodeSha256: toCodeSha256(version.codeHash),
    Version: version.version,
    ...(variables ? { Environment: { Variables: { ...variables } } } : {}),
    ...(version.deadLetterTarget === undefined
      ? {}
      : { DeadLetterConfig: { TargetArn: version.deadLetterTarget } }),
    TracingConfig: { Mode: version.tracingMode },
    RevisionId: version.revisionId,
    ...(version.layers.length === 0
      ? {}
      : {
          Layers: version.layers.map(layer => ({
            Arn: layer,
            CodeSize: findLayer(catalogue, layer)?.codeSize ?? 0,
          })),
        }),
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: [version.architecture],
    EphemeralStorage: { Size: version.ephemeralStorage },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    RuntimeVersionConfig: {
      RuntimeVersionArn: runtimeVersionArnOf(version.runtime, partitionOf(scope.region), scope.region),
    },
    LoggingConfig: {
      LogFormat: logging.LogFormat,
      LogGroup: logging.LogGroup,
      ...(logging.LogFormat === 'JSON'
        ? {
            ApplicationLogLevel: logging.ApplicationLogLevel as Sdk.ApplicationLogLevel,
            SystemLogLevel: logging.SystemLogLevel as Sdk.SystemLogLevel,
          }
        : {}),
    },
  }
}

export const describeAlias = (scope: Scope, alias: AliasRecord): Sdk.AliasConfiguration => ({
  AliasArn: functionArn(scope, alias.functionName, alias.name),
  Name: alias.name,
  FunctionVersion: alias.version,
  Description: alias.description,
  RevisionId: alias.revisionId,
})

export const describeLayer = (scope: Scope, layer: LayerRecord): Sdk.LayerVersionsListItem => ({
  LayerVersionArn: layerArn(scope, layer.name, layer.version),
  Version: layer.version,
  Description: layer.description,
  CreatedDate: layer.createdDate,
  CompatibleRuntimes: layer.compatibleRuntimes.map(runtime => runtime as Sdk.Runtime),
  CompatibleArchitectures: layer.compatibleArchitectures.map(
    architecture => architecture as Sdk.Architecture,
  ),
  LicenseInfo: layer.licenseInfo,
})

/** @throws ServiceError `InvalidParameterValueException` naming the first layer version that a function cannot take */
export const requireLayers = (
  catalogue: Catalogue,
  layers: readonly string[],
  present: readonly string[] = [],
): void => {
  const missing = layers.find(layer => {
    const found = findLayer(catalogue, layer)
    return !found || (found.deleted && !present.includes(layer))
  })
  if (missing !== undefined) throw invalidParameter(`Layer version ${missing} does not exist.`)
}
