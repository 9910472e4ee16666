import { fillStageVariables, functionArnOf } from '../integration-uri.ts'
import type { IntegrationRecord, IntegrationResponseRecord } from '../records.ts'
import type { CompiledLambda, CompiledMock, CompiledMockResponse } from './compiled.ts'

/** Prepares an integration for a stage, whose variables its URI may name. */
export const compileIntegration = (
  integration: IntegrationRecord,
  variables: Readonly<Record<string, string>> | undefined,
): CompiledLambda | CompiledMock => {
  if (integration.type === 'AWS_PROXY') {
    return {
      type: 'AWS_PROXY',
      functionArn: fillStageVariables(functionArnOf(integration.uri), variables),
      httpMethod: integration.httpMethod ?? '',
      timeout: integration.timeoutInMillis,
    }
  }
  return {
    type: 'MOCK',
    requestTemplates: integration.requestTemplates ?? {},
    passthroughBehavior: integration.passthroughBehavior,
    responses: Object.values(integration.integrationResponses ?? {}).map(compileResponse),
  }
}

const compileResponse = (response: IntegrationResponseRecord): CompiledMockResponse => ({
  status: Number(response.statusCode),
  pattern: response.selectionPattern ? new RegExp(`^(?:${response.selectionPattern})$`, 's') : undefined,
  headers: Object.entries(response.responseParameters ?? {}).flatMap(([target, literal]) => [
    target.slice('method.response.header.'.length),
    literal.slice(1, -1),
  ]),
  templates: response.responseTemplates ?? {},
})
