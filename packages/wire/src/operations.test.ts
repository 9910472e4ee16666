import type * as CloudFormation from '@aws-sdk/client-cloudformation'
import type * as CloudWatch from '@aws-sdk/client-cloudwatch'
import { describe, expectTypeOf, it } from 'vitest'
import type { InputOf, OperationName, Operations } from './operations.ts'

describe('the types of handlers', () => {
  it("are the SDK's own, also where every member of the input is optional", () => {
    expectTypeOf<InputOf<typeof CloudWatch, 'PutMetricData'>['Namespace']>().toEqualTypeOf<
      string | undefined
    >()
    expectTypeOf<InputOf<typeof CloudFormation, 'DescribeStacks'>['StackName']>().toEqualTypeOf<
      string | undefined
    >()
    expectTypeOf<Operations<typeof CloudFormation, undefined>['DescribeStacks']>().not.toBeNever()
    expectTypeOf<OperationName<typeof CloudWatch>>().toExtend<string>()
  })
})
