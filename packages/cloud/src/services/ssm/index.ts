import type { Clock } from '../../kernel/clock.ts'
import type { ParameterReader } from '../../kernel/ports.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import { ssmOperations } from './operations.ts'
import { current, type ParameterRecord, Parameters } from './parameters.ts'
import { parameterResource } from './resources.ts'

export interface SsmDependencies {
  readonly store: Store
  readonly clock: Clock
}

/** Systems Manager's Parameter Store. */
export const createSsm = ({ store, clock }: SsmDependencies): CloudService & ParameterReader => {
  const parameters = new Parameters({ records: store.collection<ParameterRecord>('ssm.parameters'), clock })
  return {
    id: 'ssm',
    apis: [{ api: 'ssm', operations: ssmOperations(parameters) }],
    resources: { 'AWS::SSM::Parameter': parameterResource(parameters) },
    getParameter: (scope, name) => {
      const record = parameters.find(scope, name)
      return record && current(record).value
    },
  }
}
