import type { Scope } from './scope.ts'

/** A resource as CloudFormation asks its service for it: intrinsic functions are resolved. */
export interface ResourceRequest {
  readonly scope: Scope
  readonly stackName: string
  readonly stackId: string
  readonly logicalId: string
  readonly properties: Readonly<Record<string, unknown>>
  /** The resource's `Metadata` section, intrinsic functions resolved. Empty where absent. */
  readonly metadata: Readonly<Record<string, unknown>>
  /**
   * A physical name in CloudFormation's form `<stack>-<logicalId>-<12 random>`, cut in its first two parts to fit
   * `maxLength`. Use it where the template gives no name.
   */
  generateName(maxLength: number): string
  /** Shown as the resource's progress, such as `imported 3,412 items`. */
  progress(message: string): void
}

/** What a service made. */
export interface ResourceState {
  /** The physical id, which `Ref` returns. */
  readonly physicalId: string
  /** What `Fn::GetAtt` returns, by attribute name (dots included). */
  readonly attributes: Readonly<Record<string, unknown>>
}

/** One CloudFormation resource type, provided by the service it belongs to. Failures throw ServiceErrors. */
export interface ResourceType {
  /** Required properties, for the check before anything is created. */
  readonly required?: readonly string[]
  /**
   * Property names that the type knows. A template that sets another one is refused by name before anything is
   * created, instead of being silently ignored.
   */
  readonly properties: readonly string[]
  create(request: ResourceRequest): Promise<ResourceState> | ResourceState
  /**
   * Changes in place, or answers `'replace'` before it has changed anything: CloudFormation then creates anew and
   * deletes the old one afterwards. A type without `update` is always replaced.
   */
  update?(
    request: ResourceRequest,
    previous: ResourceState & { readonly properties: Readonly<Record<string, unknown>> },
  ): Promise<ResourceState | 'replace'> | ResourceState | 'replace'
  /** Idempotent: what is gone already is no error. `properties` are those it was created with. */
  delete(
    scope: Scope,
    state: ResourceState,
    properties: Readonly<Record<string, unknown>>,
  ): Promise<void> | void
}

/** Resource types by their CloudFormation name. */
export type ResourceTypes = Readonly<Record<`${string}::${string}::${string}`, ResourceType>>
