import type { Catalogue, ResolvedFunction } from './catalogue.ts'
import { findLayer } from './descriptions.ts'
import type { FunctionPlan, InitializationType } from './environment/plan.ts'
import { functionNotFound, invalidParameter } from './errors.ts'
import { type FunctionReference, functionArn } from './names.ts'
import type { PackageStore } from './package/package-store.ts'

/** The folders that a version's environments run in. */
export interface CodeFolders {
  readonly code: string
  readonly layers: string | undefined
}

/** A function version whose code lies ready. */
export interface PreparedFunction extends ResolvedFunction {
  readonly folders: CodeFolders
}

/** Brings the code of function versions into place. */
export class Planner {
  readonly #catalogue: Catalogue
  readonly #packages: PackageStore

  constructor(catalogue: Catalogue, packages: PackageStore) {
    this.#catalogue = catalogue
    this.#packages = packages
  }

  /**
   * What a reference leads to, with its code unpacked. That may take a while: the function may be another by then.
   *
   * @throws ServiceError `ResourceNotFoundException`, `InvalidParameterValueException` where a layer is missing
   */
  async prepare(reference: FunctionReference): Promise<PreparedFunction> {
    const resolved = this.#catalogue.resolve(reference)
    return { ...resolved, folders: await this.#unpack(resolved) }
  }

  async #unpack({ version, scope }: ResolvedFunction): Promise<CodeFolders> {
    const layers = version.layers.map(layer => {
      const found = findLayer(this.#catalogue, layer)
      if (!found) throw invalidParameter(`Layer version ${layer} does not exist.`)
      return found.codeHash
    })
    if (!this.#packages.has(version.codeHash)) {
      throw functionNotFound(functionArn(scope, version.functionName))
    }
    return {
      code: await this.#packages.unpack([version.codeHash]),
      layers: layers.length === 0 ? undefined : await this.#packages.unpack(layers),
    }
  }
}

/** What the version's environments need to know. */
export const planOf = (
  { scope, version, folders }: PreparedFunction,
  initializationType: InitializationType,
): FunctionPlan => ({
  scope,
  functionName: version.functionName,
  functionArn: functionArn(scope, version.functionName),
  version: version.version,
  initializationType,
  runtime: version.runtime,
  handler: version.handler,
  memorySize: version.memorySize,
  timeout: version.timeout * 1000,
  role: version.role,
  codeFolder: folders.code,
  layersFolder: folders.layers,
  variables: version.variables ?? {},
  logGroup: version.logging.LogGroup,
  logFormat: version.logging.LogFormat,
  applicationLogLevel: version.logging.ApplicationLogLevel,
})
