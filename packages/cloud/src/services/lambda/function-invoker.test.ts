import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LambdaUnderTest, startLambda } from './testing/start-lambda.ts'

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f'
const caller = {
  service: 'logs.amazonaws.com',
  sourceArn: 'arn:aws:logs:us-east-1:000000000000:log-group:g:*',
}

let cloud: LambdaUnderTest
beforeAll(async () => {
  cloud = await startLambda()
  await cloud.create('f', 'exports.handler = async () => 1')
})
afterAll(() => cloud.stop())

describe('a dry run for another service', () => {
  it('tells whether it may invoke the function, and starts nothing', async () => {
    await expect(cloud.lambda.dryRun({ functionArn: `${ARN}s`, caller })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    })
    await expect(cloud.lambda.dryRun({ functionArn: ARN, caller })).rejects.toMatchObject({
      code: 'AccessDeniedException',
    })
    cloud.operations.AddPermission(
      {
        FunctionName: 'f',
        StatementId: 's',
        Action: 'lambda:InvokeFunction',
        Principal: caller.service,
        SourceArn: caller.sourceArn,
      },
      cloud.context,
    )
    await cloud.lambda.dryRun({ functionArn: ARN, caller })
    expect(cloud.processes).toEqual([])
  })
})
