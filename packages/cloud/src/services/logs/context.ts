import type * as Sdk from '@aws-sdk/client-cloudwatch-logs'
import type { Operations } from '@sonde/wire'
import type { RequestContext } from '../../kernel/context.ts'

export type LogsOperations = Operations<typeof Sdk, RequestContext>
