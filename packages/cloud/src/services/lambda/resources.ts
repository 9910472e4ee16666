import type { ResourceTypes } from '../../kernel/resource-type.ts'
import type { OperationsDependencies } from './operations/dependencies.ts'
import type { lambdaOperations } from './operations/operations.ts'
import { aliasType } from './resources/alias.ts'
import { eventInvokeConfigType } from './resources/event-invoke-config.ts'
import { functionType } from './resources/function.ts'
import { layerVersionType } from './resources/layer-version.ts'
import { permissionType } from './resources/permission.ts'
import { versionType } from './resources/version.ts'

/** AWS::Lambda::*: Function, Version, Alias, Permission, EventInvokeConfig and LayerVersion. */
export const lambdaResources = (
  dependencies: OperationsDependencies,
  operations: ReturnType<typeof lambdaOperations>,
): ResourceTypes => {
  const parts = { ...dependencies, operations }
  return {
    'AWS::Lambda::Function': functionType(parts),
    'AWS::Lambda::Version': versionType(parts),
    'AWS::Lambda::Alias': aliasType(parts),
    'AWS::Lambda::Permission': permissionType(parts),
    'AWS::Lambda::EventInvokeConfig': eventInvokeConfigType(parts),
    'AWS::Lambda::LayerVersion': layerVersionType(parts),
  }
}
