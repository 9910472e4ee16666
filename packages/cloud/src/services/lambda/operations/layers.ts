import { pathToFileURL } from 'node:url'
import type * as Sdk from '@aws-sdk/client-lambda'
import { parseArn } from '../../../kernel/arn.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { describeLayer, layerArn, layerKey } from '../descriptions.ts'
import { constraintViolation, notFound } from '../errors.ts'
import { toCodeSha256 } from '../package/package-store.ts'
import type { LayerRecord } from '../records.ts'
import { storeCode } from './code.ts'
import type { LambdaOperations, OperationsDependencies } from './dependencies.ts'
import { page } from './page.ts'

const LAYER_NAME = /^[a-zA-Z0-9-_]{1,140}$/

const parseLayerName = (scope: Scope, text: string | undefined): { scope: Scope; name: string } => {
  const arn = parseArn(text ?? '')
  const name = arn?.resource.startsWith('layer:') ? arn.resource.slice('layer:'.length) : (text ?? '')
  if (!LAYER_NAME.test(name)) {
    throw constraintViolation(
      text,
      'layerName',
      'Member must satisfy regular expression pattern: (arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+',
    )
  }
  return { scope: arn ? { account: arn.account, region: arn.region } : scope, name }
}

const supports = (
  layer: LayerRecord,
  input: { CompatibleRuntime?: string | undefined; CompatibleArchitecture?: string | undefined },
): boolean =>
  (input.CompatibleRuntime === undefined || layer.compatibleRuntimes.includes(input.CompatibleRuntime)) &&
  (input.CompatibleArchitecture === undefined ||
    layer.compatibleArchitectures.includes(input.CompatibleArchitecture))

/** Layers: packages that functions find where AWS has `/opt`, by NODE_PATH, PATH and LD_LIBRARY_PATH. */
export const layerOperations = (dependencies: OperationsDependencies) => {
  const { catalogue, packages } = dependencies

  const versionsOf = (scope: Scope, name: string): LayerRecord[] =>
    catalogue.layers.list(scope).filter(layer => layer.name === name && !layer.deleted)

  const describeContent = (scope: Scope, layer: LayerRecord): Sdk.GetLayerVersionResponse => ({
    ...describeLayer(scope, layer),
    LayerArn: layerArn(scope, layer.name),
    Content: {
      Location: pathToFileURL(packages.archivePath(layer.codeHash)).href,
      CodeSha256: toCodeSha256(layer.codeHash),
      CodeSize: layer.codeSize,
    },
  })

  return {
    PublishLayerVersion: async (input, context) => {
      const { scope, name } = parseLayerName(context.scope, input.LayerName)
      const code = await storeCode(dependencies, scope, input.Content ?? {})
      const counters = catalogue.layerCounters
      const version = (counters.get(scope, name) ?? 0) + 1
      const layer: LayerRecord = {
        name,
        version,
        description: input.Description ?? '',
        compatibleRuntimes: input.CompatibleRuntimes ?? [],
        compatibleArchitectures: input.CompatibleArchitectures ?? [],
        licenseInfo: input.LicenseInfo ?? '',
        codeHash: code.hash,
        codeSize: code.size,
        createdDate: catalogue.timestamp(),
      }
      counters.put(scope, name, version)
      catalogue.layers.put(scope, layerKey(name, version), layer)
      return describeContent(scope, layer)
    },

    GetLayerVersion: (input, context) => {
      const { scope, name } = parseLayerName(context.scope, input.LayerName)
      const layer = catalogue.layers.get(scope, layerKey(name, input.VersionNumber ?? 0))
      if (!layer || layer.deleted) throw notFound('The resource you requested does not exist.')
      return describeContent(scope, layer)
    },

    DeleteLayerVersion: (input, context) => {
      const { scope, name } = parseLayerName(context.scope, input.LayerName)
      const key = layerKey(name, input.VersionNumber ?? 0)
      const layer = catalogue.layers.get(scope, key)
      if (layer) catalogue.layers.put(scope, key, { ...layer, deleted: true })
      return {}
    },

    ListLayerVersions: (input, context) => {
      const { scope, name } = parseLayerName(context.scope, input.LayerName)
      const all = versionsOf(scope, name)
        .filter(layer => supports(layer, input))
        .reverse()
      const { items, next } = page(all, layer => String(layer.version), input)
      return { LayerVersions: items.map(layer => describeLayer(scope, layer)), ...next }
    },

    ListLayers: (input, { scope }) => {
      const newest = new Map<string, LayerRecord>()
      for (const layer of catalogue.layers.list(scope))
        if (supports(layer, input)) newest.set(layer.name, layer)
      const { items, next } = page([...newest.values()], layer => layer.name, input)
      return {
        Layers: items.map(layer => ({
          LayerName: layer.name,
          LayerArn: layerArn(scope, layer.name),
          LatestMatchingVersion: describeLayer(scope, layer),
        })),
        ...next,
      }
    },
  } satisfies LambdaOperations
}
