import { BatchGetTracesCommand, GetTraceSummariesCommand, type XRayClient } from '@aws-sdk/client-xray'

/** An entity of a trace with what lies below it. */
export interface TraceNode {
  readonly name: string
  readonly kind: string
  readonly start: number
  readonly end: number
  readonly annotations: Readonly<Record<string, unknown>>
  readonly children: readonly TraceNode[]
}

interface Document {
  readonly id: string
  readonly name: string
  readonly parent_id?: string
  readonly origin?: string
  readonly namespace?: string
  readonly start_time: number
  readonly end_time: number
  readonly annotations?: Record<string, unknown>
  readonly subsegments?: readonly Document[]
}

const nodeOf = (document: Document, all: readonly Document[]): TraceNode => ({
  name: document.name,
  kind: document.origin ?? document.namespace ?? '',
  start: document.start_time,
  end: document.end_time,
  annotations: document.annotations ?? {},
  children: [
    ...(document.subsegments ?? []),
    ...all.filter(other => other.parent_id === document.id && other !== document),
  ]
    .sort((a, b) => a.start_time - b.start_time)
    .map(child => nodeOf(child, all)),
})

/** The trace with that id as a tree, as X-Ray's API gives it. */
export const readTrace = async (client: XRayClient, id: string): Promise<TraceNode[]> => {
  const { Traces = [] } = await client.send(new BatchGetTracesCommand({ TraceIds: [id] }))
  const documents = (Traces[0]?.Segments ?? []).map(({ Document = '{}' }) => JSON.parse(Document) as Document)
  const ids = new Set(documents.flatMap(document => idsOf(document)))
  return documents
    .filter(({ parent_id: parent }) => parent === undefined || !ids.has(parent))
    .map(document => nodeOf(document, documents))
}

const idsOf = (document: Document): string[] => [document.id, ...(document.subsegments ?? []).flatMap(idsOf)]

/** The ids of the traces of the last minutes that match. */
export const findTraces = async (client: XRayClient, filter: string): Promise<string[]> => {
  const { TraceSummaries = [] } = await client.send(
    new GetTraceSummariesCommand({
      StartTime: new Date(Date.now() - 300_000),
      EndTime: new Date(Date.now() + 1_000),
      FilterExpression: filter,
    }),
  )
  return TraceSummaries.map(({ Id = '' }) => Id)
}

/** Names and kinds, indented by depth. */
export const outline = (nodes: readonly TraceNode[], depth = 0): string[] =>
  nodes.flatMap(node => [
    `${'  '.repeat(depth)}${node.name}${node.kind ? ` (${node.kind})` : ''}`,
    ...outline(node.children, depth + 1),
  ])
