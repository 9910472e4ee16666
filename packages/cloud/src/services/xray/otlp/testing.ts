/** For tests of the translation. */
import { type AttributeValue, type ResourceSpans, SPAN_KIND, type Span } from './model.ts'
import { translate } from './translate/document.ts'
import type { TranslateOptions } from './translate/segment.ts'

export type Values = Readonly<Record<string, AttributeValue>>

export const attributes = (values: Values = {}): Map<string, AttributeValue> =>
  new Map(Object.entries(values))

/** A finished internal span with a parent; its trace began on 2020-01-01. */
export const testSpan = (members: Partial<Omit<Span, 'attributes'>> = {}, values: Values = {}): Span => ({
  traceId: '5e0be100a006649127e371903a2de979',
  spanId: '53995c3f42cd8ad8',
  parentSpanId: '70de5b6f19ff9a0a',
  name: 'do it',
  kind: SPAN_KIND.internal,
  startTime: 1_577_836_800_123_456_789n,
  endTime: 1_577_836_801_000_000_000n,
  attributes: attributes(values),
  events: [],
  links: [],
  status: { code: 0, message: '' },
  ...members,
})

export const exportOf = (span: Span, resource: Values = {}): ResourceSpans[] => [
  { resource: attributes(resource), spans: [span] },
]

export const NOW = Date.UTC(2020, 0, 2)

export type Document = Record<string, unknown> & { name: string; cause?: object }

/** What a span becomes, read back. */
export const documentsOf = (span: Span, resource: Values = {}, options: TranslateOptions = {}): Document[] =>
  translate(exportOf(span, resource), NOW, options).documents.map(text => JSON.parse(text) as Document)

export const documentOf = (span: Span, resource: Values = {}, options: TranslateOptions = {}): Document =>
  documentsOf(span, resource, options)[0] ?? { name: '(none)' }
