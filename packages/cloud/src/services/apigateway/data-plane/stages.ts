import type { Repository } from '../repository.ts'
import { compileStage } from './compile.ts'
import type { CompiledStage } from './compiled.ts'

/** The compiled stages by API and name: made at their first request, forgotten when what they serve changes. */
export class CompiledStages {
  readonly #repository: Repository
  readonly #apis = new Map<string, Map<string, CompiledStage>>()

  constructor(repository: Repository) {
    this.#repository = repository
    repository.onServedChange = apiId => {
      if (apiId === undefined) this.#apis.clear()
      else this.#apis.delete(apiId)
    }
  }

  /** `undefined` where there is no such API or stage. */
  get(apiId: string, stageName: string): CompiledStage | undefined {
    return this.#apis.get(apiId)?.get(stageName) ?? this.#compile(apiId, stageName)
  }

  #compile(apiId: string, stageName: string): CompiledStage | undefined {
    const repository = this.#repository
    const scope = repository.scopeOf(apiId)
    const stage = scope && repository.stages.get(scope, apiId, stageName)
    const deployment = stage && repository.deployments.get(scope, apiId, stage.deploymentId)
    if (!deployment) return undefined
    const compiled = compileStage({
      ...stage,
      scope,
      apiName: repository.api(scope, apiId).name,
      mayLog: repository.account(scope).cloudwatchRoleArn !== undefined,
      snapshot: deployment.snapshot,
    })
    const stages = this.#apis.get(apiId) ?? new Map<string, CompiledStage>()
    stages.set(stageName, compiled)
    this.#apis.set(apiId, stages)
    return compiled
  }
}
