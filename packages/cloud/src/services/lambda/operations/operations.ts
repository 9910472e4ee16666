import type { OperationsDependencies } from './dependencies.ts'
import { functionOperations } from './functions.ts'
import { invokeOperations } from './invoke.ts'
import { layerOperations } from './layers.ts'
import { permissionOperations } from './permissions.ts'
import { provisionedConcurrencyOperations } from './provisioned-concurrency.ts'
import { settingsOperations } from './settings.ts'
import { versionOperations } from './versions.ts'

/** Every operation of Lambda that we serve. */
export const lambdaOperations = (dependencies: OperationsDependencies) => ({
  ...functionOperations(dependencies),
  ...versionOperations(dependencies),
  ...permissionOperations(dependencies),
  ...settingsOperations(dependencies),
  ...provisionedConcurrencyOperations(dependencies),
  ...layerOperations(dependencies),
  ...invokeOperations(dependencies),
})
