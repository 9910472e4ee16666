import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../command.ts'

/** A file or folder that a stack needs in S3. */
export interface FileAsset {
  readonly path: string
  readonly packaging: 'file' | 'zip'
  readonly bucket: string
  readonly key: string
}

export interface StackArtifact {
  readonly id: string
  readonly stackName: string
  readonly templatePath: string
  readonly templateBytes: number
  readonly parameters: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  /** Where the app pins it; the local cloud's own otherwise. */
  readonly account: string
  readonly region: string
  readonly assets: readonly FileAsset[]
  /** Images, which only a registry could take. They are not built locally. */
  readonly imageAssets: number
}

interface Artifact {
  readonly type: string
  readonly environment?: string
  readonly dependencies?: readonly string[]
  readonly properties?: Readonly<Record<string, unknown>>
}

interface AssetManifest {
  readonly files?: Record<
    string,
    {
      readonly source: { readonly path?: string; readonly packaging?: string; readonly executable?: unknown }
      readonly destinations: Record<string, { readonly bucketName: string; readonly objectKey: string }>
    }
  >
  readonly dockerImages?: Record<string, unknown>
}

interface Place {
  readonly account: string
  readonly region: string
}

/** `aws://unknown-account/unknown-region` means wherever it is deployed. */
const placeOf = (environment: string | undefined, fallback: Place): Place => {
  const [, account = '', region = ''] = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(environment ?? '') ?? []
  return {
    account: /^\d{12}$/.test(account) ? account : fallback.account,
    region: region && region !== 'unknown-region' ? region : fallback.region,
  }
}

const fillIn = (text: string, place: Place): string =>
  text
    .replaceAll('${AWS::AccountId}', place.account)
    .replaceAll('${AWS::Region}', place.region)
    .replaceAll('${AWS::Partition}', 'aws')

const fileAssets = (folder: string, manifest: AssetManifest, place: Place): FileAsset[] =>
  Object.entries(manifest.files ?? {}).flatMap(([id, { source, destinations }]) => {
    if (source.path === undefined) {
      throw new UsageError(
        `Asset ${id} is made by a command, which is not supported. Use a file or a folder.`,
      )
    }
    const path = join(folder, source.path)
    return Object.values(destinations).map(destination => ({
      path,
      packaging: source.packaging === 'zip' ? ('zip' as const) : ('file' as const),
      bucket: fillIn(destination.bucketName, place),
      key: fillIn(destination.objectKey, place),
    }))
  })

/** Artifacts in an order in which each comes after what it depends on. */
const inOrder = (artifacts: Readonly<Record<string, Artifact>>): string[] => {
  const order = new Set<string>()
  const visit = (id: string): void => {
    if (order.has(id)) return
    for (const dependency of artifacts[id]?.dependencies ?? []) visit(dependency)
    order.add(id)
  }
  for (const id of Object.keys(artifacts)) visit(id)
  return [...order]
}

/** The stacks of a cloud assembly, in the order of deployment. Nested assemblies (CDK stages) included. */
export const readAssembly = (folder: string, fallback: Place): StackArtifact[] => {
  const { artifacts = {} } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
    artifacts?: Record<string, Artifact>
  }
  const manifestOf = (id: string): AssetManifest[] =>
    (artifacts[id]?.dependencies ?? [])
      .filter(dependency => artifacts[dependency]?.type === 'cdk:asset-manifest')
      .map(dependency => join(folder, String(artifacts[dependency]?.properties?.file)))
      .map(path => JSON.parse(readFileSync(path, 'utf8')) as AssetManifest)

  return inOrder(artifacts).flatMap((id): StackArtifact[] => {
    const artifact = artifacts[id]
    const properties = artifact?.properties ?? {}
    if (artifact?.type === 'cdk:cloud-assembly') {
      return readAssembly(join(folder, String(properties.directoryName)), fallback)
    }
    if (artifact?.type !== 'aws:cloudformation:stack') return []
    const place = placeOf(artifact.environment, fallback)
    const templatePath = join(folder, String(properties.templateFile))
    const manifests = manifestOf(id)
    return [
      {
        id,
        stackName: String(properties.stackName ?? id),
        templatePath,
        templateBytes: statSync(templatePath).size,
        parameters: (properties.parameters ?? {}) as Record<string, string>,
        tags: (properties.tags ?? {}) as Record<string, string>,
        ...place,
        assets: manifests.flatMap(manifest => fileAssets(folder, manifest, place)),
        imageAssets: manifests.reduce(
          (sum, { dockerImages = {} }) => sum + Object.keys(dockerImages).length,
          0,
        ),
      },
    ]
  })
}
