import type * as Sdk from '@aws-sdk/client-cloudwatch-logs'
import type { Operation, Operations, OutputOf } from '@sonde/wire'
import type { RequestContext } from '../../kernel/context.ts'

type Handler<Name extends keyof Inputs> = Operation<Inputs[Name], OutputOf<typeof Sdk, Name>, RequestContext>

interface Inputs {
  DescribeLogGroups: Sdk.DescribeLogGroupsCommandInput
  DescribeLogStreams: Sdk.DescribeLogStreamsCommandInput
  FilterLogEvents: Sdk.FilterLogEventsCommandInput
}

/** Commands whose input is optional are typed here, since `Operations` reads them as `never`. */
export type LogsOperations = Omit<Operations<typeof Sdk, RequestContext>, keyof Inputs> & {
  [Name in keyof Inputs]?: Handler<Name>
}
