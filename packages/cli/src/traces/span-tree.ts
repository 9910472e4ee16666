/** A segment or subsegment of a trace, as a tree is drawn of it. */
export interface Span {
  readonly id: string
  readonly name: string
  /** Epoch seconds. */
  readonly start: number
  /** Epoch seconds; absent while in progress. */
  readonly end: number | undefined
  /** `AWS::Lambda::Function`, `aws`, `remote`, … where the document says. */
  readonly kind: string | undefined
  readonly state: 'ok' | 'error' | 'fault' | 'throttle'
  /** Time that a cold start took: Lambda's Initialization. */
  readonly coldStart: boolean
  readonly annotations: Readonly<Record<string, unknown>>
  /** Of the exception, where there is one. */
  readonly message: string | undefined
}

/** A row of the waterfall: a span at its depth, in the order of drawing. */
export interface Row {
  readonly span: Span
  readonly depth: number
}

type Document = Readonly<Record<string, unknown>>

interface Node {
  readonly span: Span
  readonly parent: string | undefined
  readonly children: Node[]
}

const asList = (value: unknown): Document[] => (Array.isArray(value) ? (value as Document[]) : [])

const stateOf = (document: Document): Span['state'] => {
  if (document.throttle === true) return 'throttle'
  if (document.fault === true) return 'fault'
  return document.error === true ? 'error' : 'ok'
}

const messageOf = (document: Document): string | undefined => {
  const { cause } = document
  if (typeof cause !== 'object' || cause === null) return undefined
  const [first] = asList((cause as Document).exceptions)
  return first && [first.type, first.message].filter(Boolean).join(': ')
}

const spanOf = (document: Document): Span => ({
  id: String(document.id),
  name: String(document.name),
  start: Number(document.start_time),
  end: typeof document.end_time === 'number' ? document.end_time : undefined,
  kind: (document.origin ?? document.namespace) as string | undefined,
  state: stateOf(document),
  coldStart: document.name === 'Initialization' || document.name === 'Init',
  annotations: (document.annotations ?? {}) as Record<string, unknown>,
  message: messageOf(document),
})

/** Every entity of a trace, with the id of its parent. No recursion: traces hold up to 100,000 subsegments. */
const flatten = (documents: readonly Document[]): Node[] => {
  const nodes: Node[] = []
  const pending = documents.map(document => ({ document, parent: document.parent_id as string | undefined }))
  for (let item = pending.pop(); item; item = pending.pop()) {
    const span = spanOf(item.document)
    nodes.push({ span, parent: item.parent, children: [] })
    for (const document of asList(item.document.subsegments)) pending.push({ document, parent: span.id })
  }
  return nodes
}

const byStart = (a: Node, b: Node): number => a.span.start - b.span.start || (a.span.id < b.span.id ? -1 : 1)

/**
 * The rows of a trace's waterfall: children below their parents, by start time; entities whose parent is missing stand
 * at the top.
 *
 * @param documents segment documents, as BatchGetTraces gives them
 */
export const rowsOf = (documents: readonly Document[]): Row[] => {
  const nodes = flatten(documents)
  const byId = new Map(nodes.map(node => [node.span.id, node]))
  const roots: Node[] = []
  for (const node of nodes) {
    const parent = node.parent === undefined ? undefined : byId.get(node.parent)
    if (parent && parent !== node) parent.children.push(node)
    else roots.push(node)
  }
  const rows: Row[] = []
  const pending = roots
    .sort(byStart)
    .reverse()
    .map(node => ({ node, depth: 0 }))
  for (let item = pending.pop(); item; item = pending.pop()) {
    rows.push({ span: item.node.span, depth: item.depth })
    const { depth } = item
    for (const node of item.node.children.sort(byStart).reverse()) pending.push({ node, depth: depth + 1 })
  }
  return rows
}
