import { APIGatewayClient, GetStagesCommand, paginateGetRestApis } from '@aws-sdk/client-api-gateway'
import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam'
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda'
import { GetSamplingRulesCommand, paginateGetTraceSummaries, XRayClient } from '@aws-sdk/client-xray'
import { clientOptions } from '../clients.ts'
import { nowAt, type Place } from '../place.ts'
import {
  type FunctionFacts,
  type SamplingFacts,
  type StageFacts,
  type TracingFacts,
  XRAY_ACTIONS,
} from './finding.ts'

const RECENT = 5 * 60_000

const readStages = async (client: APIGatewayClient): Promise<StageFacts[]> => {
  const stages: StageFacts[] = []
  for await (const { items = [] } of paginateGetRestApis({ client }, {})) {
    for (const { id, name = '' } of items) {
      const { item = [] } = await client.send(new GetStagesCommand({ restApiId: id }))
      for (const stage of item) {
        stages.push({ api: name, stage: stage.stageName ?? '', tracing: stage.tracingEnabled === true })
      }
    }
  }
  return stages
}

/** By the API that AWS has for the question; a cloud that does not have it leaves it open. */
const mayWrite = async (client: IAMClient, role: string): Promise<boolean | undefined> => {
  try {
    const { EvaluationResults = [] } = await client.send(
      new SimulatePrincipalPolicyCommand({ PolicySourceArn: role, ActionNames: XRAY_ACTIONS }),
    )
    return EvaluationResults.every(({ EvalDecision }) => EvalDecision === 'allowed')
  } catch {
    return undefined
  }
}

const readFunctions = async (lambda: LambdaClient, iam: IAMClient): Promise<FunctionFacts[]> => {
  const functions: FunctionFacts[] = []
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName = '', TracingConfig, Role = '' } of Functions) {
      functions.push({
        name: FunctionName,
        tracingMode: TracingConfig?.Mode ?? 'PassThrough',
        role: Role,
        mayWrite: await mayWrite(iam, Role),
      })
    }
  }
  return functions
}

const readRules = async (client: XRayClient): Promise<SamplingFacts[]> => {
  const { SamplingRuleRecords = [] } = await client.send(new GetSamplingRulesCommand({}))
  return SamplingRuleRecords.map(({ SamplingRule }) => ({
    ruleName: SamplingRule?.RuleName ?? '',
    priority: SamplingRule?.Priority ?? 0,
    reservoir: SamplingRule?.ReservoirSize ?? 0,
    rate: SamplingRule?.FixedRate ?? 0,
  }))
}

const countRecent = async (client: XRayClient, now: number): Promise<number> => {
  let count = 0
  const window = { StartTime: new Date(now - RECENT), EndTime: new Date(now + 1_000) }
  for await (const { TraceSummaries = [] } of paginateGetTraceSummaries({ client }, window)) {
    count += TraceSummaries.length
  }
  return count
}

/** Kept by the daemon, for which AWS has no API. */
const countDropped = async ({ endpoint }: Place): Promise<number> => {
  const response = await fetch(`${endpoint}/_sonde/tracing`)
  const { daemon } = (await response.json()) as { daemon: { dropped: number; kernelDropped?: number } }
  return daemon.dropped + (daemon.kernelDropped ?? 0)
}

/** Reads what traces depend on: through AWS's APIs, but for the daemon's counters. */
export const readFacts = async (place: Place): Promise<TracingFacts> => {
  const options = clientOptions(place)
  const clients = {
    apigateway: new APIGatewayClient(options),
    iam: new IAMClient(options),
    lambda: new LambdaClient(options),
    xray: new XRayClient(options),
  }
  try {
    const [stages, functions, rules, recent, dropped] = await Promise.all([
      readStages(clients.apigateway),
      readFunctions(clients.lambda, clients.iam),
      readRules(clients.xray),
      nowAt(place).then(now => countRecent(clients.xray, now)),
      countDropped(place),
    ])
    return { stages, functions, rules, recent, dropped }
  } finally {
    for (const client of Object.values(clients)) client.destroy()
  }
}
