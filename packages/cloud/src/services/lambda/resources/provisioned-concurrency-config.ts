import { ServiceError } from '@sonde/wire'
import type { ResourceRequest } from '../../../kernel/resource-type.ts'
import { qualifiedKey } from '../catalogue.ts'
import { invalidParameter } from '../errors.ts'
import { parseFunctionName } from '../names.ts'
import type { TemplateProperties } from '../template-properties.ts'
import { contextOf, type ResourceParts } from './parts.ts'

/** `ProvisionedConcurrencyConfig` of a version or alias: the number of environments, `undefined` where it is absent. */
export const readProvisionedConcurrency = (properties: TemplateProperties): number | undefined => {
  if (!properties.has('ProvisionedConcurrencyConfig')) return undefined
  const config = properties.object('ProvisionedConcurrencyConfig')
  config.only(['ProvisionedConcurrentExecutions'])
  const amount = config.number('ProvisionedConcurrentExecutions')
  if (amount === undefined) {
    throw invalidParameter(
      'Property ProvisionedConcurrencyConfig must have the property ProvisionedConcurrentExecutions.',
    )
  }
  return amount
}

/**
 * Gives a version or alias the provisioned concurrency of its template, and waits until all environments are ready.
 *
 * @param amount `undefined` takes away what it has
 * @throws ServiceError `NotStabilized` where an environment cannot be initialised, and those of the operation
 */
export const provision = async (
  { catalogue, provisioner, operations }: ResourceParts,
  request: ResourceRequest,
  qualifiedArn: string,
  amount: number | undefined,
): Promise<void> => {
  const { scope, name, qualifier = '' } = parseFunctionName(request.scope, qualifiedArn)
  const found = () => catalogue.provisioned.get(scope, qualifiedKey(name, qualifier))
  const present = found()
  const target = { FunctionName: name, Qualifier: qualifier }
  if (amount === undefined) {
    if (present) operations.DeleteProvisionedConcurrencyConfig(target, contextOf(scope))
    return
  }
  const isFailed = present !== undefined && provisioner.state(scope, present).status === 'FAILED'
  if (present?.requested !== amount || isFailed) {
    operations.PutProvisionedConcurrencyConfig(
      { ...target, ProvisionedConcurrentExecutions: amount },
      contextOf(scope),
    )
  }
  const record = found()
  if (!record) return
  request.progress(`initialises ${amount} environment${amount === 1 ? '' : 's'} ahead`)
  await provisioner.settled(scope, record)
  const { status, reason } = provisioner.state(scope, record)
  if (status === 'FAILED') {
    throw new ServiceError(
      'NotStabilized',
      `Provisioned Concurrency configuration failed to be applied. Reason: ${reason}`,
    )
  }
}
