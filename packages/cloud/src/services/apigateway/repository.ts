import type { Scope } from '../../kernel/scope.ts'
import type { Collection, Store } from '../../kernel/store.ts'
import { invalidApi, invalidDeployment, invalidMethod, invalidResource, invalidStage } from './errors.ts'
import type {
  AccountRecord,
  ApiSnapshot,
  DeploymentRecord,
  GatewayResponseRecord,
  MethodRecord,
  ModelRecord,
  RequestValidatorRecord,
  ResourceRecord,
  RestApiRecord,
  StageRecord,
} from './records.ts'

interface PartOfApi {
  readonly apiId: string
}

/** The parts of one kind that belong to APIs, keyed by their API and a name of their own. */
export class Parts<T extends PartOfApi> {
  readonly #collection: Collection<T>
  readonly #changed: (apiId: string) => void

  constructor(collection: Collection<T>, changed: (apiId: string) => void = () => {}) {
    this.#collection = collection
    this.#changed = changed
  }

  get(scope: Scope, apiId: string | undefined, name: string | undefined): T | undefined {
    return this.#collection.get(scope, `${apiId}/${name}`)
  }

  list(scope: Scope, apiId: string): T[] {
    return this.#collection.list(scope).filter(part => part.apiId === apiId)
  }

  put(scope: Scope, name: string, part: T): void {
    this.#collection.put(scope, `${part.apiId}/${name}`, part)
    this.#changed(part.apiId)
  }

  delete(scope: Scope, apiId: string, name: string): boolean {
    const existed = this.#collection.delete(scope, `${apiId}/${name}`)
    this.#changed(apiId)
    return existed
  }

  deleteAll(scope: Scope, apiId: string, nameOf: (part: T) => string): void {
    for (const part of this.list(scope, apiId)) this.delete(scope, apiId, nameOf(part))
  }
}

const ACCOUNT_KEY = 'account'

/** The stored state, and which account and region each API id belongs to: ids are unique over all of them. */
export class Repository {
  readonly #apis: Collection<RestApiRecord>
  readonly #accounts: Collection<AccountRecord>
  readonly #scopes = new Map<string, Scope>()
  readonly resources: Parts<ResourceRecord>
  readonly models: Parts<ModelRecord>
  readonly requestValidators: Parts<RequestValidatorRecord>
  readonly gatewayResponses: Parts<GatewayResponseRecord>
  readonly deployments: Parts<DeploymentRecord>
  readonly stages: Parts<StageRecord>
  /** Told of each change that a stage may serve; `undefined` when it may concern every API. */
  onServedChange: (apiId: string | undefined) => void = () => {}

  constructor(store: Store) {
    const served = (apiId: string): void => this.onServedChange(apiId)
    this.#apis = store.collection('apigateway.restapis')
    this.#accounts = store.collection('apigateway.accounts')
    this.resources = new Parts(store.collection('apigateway.resources'))
    this.models = new Parts(store.collection('apigateway.models'))
    this.requestValidators = new Parts(store.collection('apigateway.requestvalidators'))
    this.gatewayResponses = new Parts(store.collection('apigateway.gatewayresponses'))
    this.deployments = new Parts(store.collection('apigateway.deployments'))
    this.stages = new Parts(store.collection('apigateway.stages'), served)
    for (const { scope, key } of this.#apis.entries()) this.#scopes.set(key, scope)
  }

  scopeOf(apiId: string): Scope | undefined {
    return this.#scopes.get(apiId)
  }

  apis(scope: Scope): RestApiRecord[] {
    return this.#apis.list(scope)
  }

  /** @throws ServiceError `NotFoundException` */
  api(scope: Scope, apiId: string | undefined): RestApiRecord {
    const api = this.#apis.get(scope, apiId ?? '')
    if (!api) throw invalidApi(scope, apiId)
    return api
  }

  putApi(scope: Scope, api: RestApiRecord): void {
    this.#apis.put(scope, api.id, api)
    this.#scopes.set(api.id, scope)
    this.onServedChange(api.id)
  }

  deleteApi(scope: Scope, apiId: string): void {
    this.stages.deleteAll(scope, apiId, stage => stage.stageName)
    this.deployments.deleteAll(scope, apiId, deployment => deployment.id)
    this.gatewayResponses.deleteAll(scope, apiId, response => response.responseType)
    this.requestValidators.deleteAll(scope, apiId, validator => validator.id)
    this.models.deleteAll(scope, apiId, model => model.name)
    this.resources.deleteAll(scope, apiId, resource => resource.id)
    this.#apis.delete(scope, apiId)
    this.#scopes.delete(apiId)
    this.onServedChange(apiId)
  }

  /** @throws ServiceError `NotFoundException`, naming the resource even where the API is unknown, as AWS does */
  resource(scope: Scope, apiId: string | undefined, resourceId: string | undefined): ResourceRecord {
    const resource = this.resources.get(scope, apiId, resourceId)
    if (!resource) throw invalidResource()
    return resource
  }

  /** @throws ServiceError `NotFoundException` */
  method(
    scope: Scope,
    apiId: string | undefined,
    resourceId: string | undefined,
    verb: string | undefined,
  ): { resource: ResourceRecord; method: MethodRecord } {
    const resource = this.resource(scope, apiId, resourceId)
    const method = resource.methods[verb ?? '']
    if (!method) throw invalidMethod()
    return { resource, method }
  }

  putMethod(scope: Scope, resource: ResourceRecord, method: MethodRecord): void {
    this.resources.put(scope, resource.id, {
      ...resource,
      methods: { ...resource.methods, [method.httpMethod]: method },
    })
  }

  /** @throws ServiceError `NotFoundException` */
  deployment(scope: Scope, apiId: string | undefined, deploymentId: string | undefined): DeploymentRecord {
    this.api(scope, apiId)
    const deployment = this.deployments.get(scope, apiId, deploymentId)
    if (!deployment) throw invalidDeployment()
    return deployment
  }

  /** @throws ServiceError `NotFoundException` */
  stage(scope: Scope, apiId: string | undefined, stageName: string | undefined): StageRecord {
    this.api(scope, apiId)
    const stage = this.stages.get(scope, apiId, stageName)
    if (!stage) throw invalidStage()
    return stage
  }

  /** The API as it is configured now, which a deployment freezes. */
  snapshot(scope: Scope, api: RestApiRecord): ApiSnapshot {
    return {
      binaryMediaTypes: api.binaryMediaTypes,
      disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
      resources: this.resources.list(scope, api.id),
      models: this.models.list(scope, api.id),
      requestValidators: this.requestValidators.list(scope, api.id),
      gatewayResponses: this.gatewayResponses.list(scope, api.id),
    }
  }

  account(scope: Scope): AccountRecord {
    return this.#accounts.get(scope, ACCOUNT_KEY) ?? {}
  }

  putAccount(scope: Scope, account: AccountRecord): void {
    this.#accounts.put(scope, ACCOUNT_KEY, account)
    this.onServedChange(undefined)
  }

  /** Forgets what is kept besides the store, which the kernel clears. */
  reset(): void {
    this.#scopes.clear()
    this.onServedChange(undefined)
  }
}
