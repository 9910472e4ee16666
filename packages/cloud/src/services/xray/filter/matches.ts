import type { CausePart, Expression, Selector } from './ast.ts'
import { matchesCause } from './cause-match.ts'
import { passes } from './compare.ts'
import type { EdgeFacts, NodeFacts, RootCauseFacts, ServiceFacts, TraceFacts } from './trace-facts.ts'
import {
  CAUSE_ENTITY_VIEW,
  CAUSE_EXCEPTION_VIEW,
  CAUSE_SERVICE_VIEW,
  EDGE_VIEW,
  type Listed,
  SERVICE_VIEW,
  TRACE_VIEW,
  type View,
} from './views.ts'

/** Evaluates the parts that all contexts have; `complex` is asked about the rest. */
const holds = <F>(
  expression: Expression,
  view: View<F>,
  facts: F,
  complex: (expression: Expression) => boolean,
): boolean => {
  switch (expression.kind) {
    case 'and':
      return expression.operands.every(operand => holds(operand, view, facts, complex))
    case 'or':
      return expression.operands.some(operand => holds(operand, view, facts, complex))
    case 'not':
      return !holds(expression.operand, view, facts, complex)
    case 'keyword':
      return passes(view[expression.keyword]?.(facts), expression.test)
    default:
      return complex(expression)
  }
}

/** The parser allows no complex keyword in braces. */
const misplaced = (expression: Expression): never => {
  throw new TypeError(`${expression.kind} stands in the braces of another keyword`)
}

/** Whether the block holds for one of the elements; a missing block asks whether there is one. */
const any = <F>(elements: readonly F[], view: View<F>, block: Expression | undefined): boolean =>
  block ? elements.some(element => holds(block, view, element, misplaced)) : elements.length > 0

const selects = ({ name, type, accountId }: Selector, node: NodeFacts): boolean =>
  (name === undefined || node.names.includes(name)) &&
  (type === undefined || node.type === type) &&
  (accountId === undefined || node.accountId === accountId)

const matchesService = (service: ServiceFacts, block: Expression | undefined): boolean =>
  block === undefined ||
  any(
    service.segments.map(segment => ({ segment, names: service.names, type: service.type })),
    SERVICE_VIEW,
    block,
  )

const matchesEdge = ({ calls }: EdgeFacts, block: Expression | undefined): boolean =>
  block === undefined || any(calls, EDGE_VIEW, block)

const listed = <F>(elements: readonly F[]): Listed<F>[] =>
  elements.map((element, index) => ({ element, index, last: index === elements.length - 1 }))

/** Whether the block holds for one of the elements of a root cause. */
export const matchesPart = (
  cause: RootCauseFacts,
  part: CausePart,
  block: Expression | undefined,
): boolean => {
  const { services } = cause
  if (part === 'service') return any(listed(services), CAUSE_SERVICE_VIEW, block)
  const entities = services.flatMap(({ entityPath }) => entityPath)
  if (part === 'entity') return any(listed(entities), CAUSE_ENTITY_VIEW, block)
  return any(listed(entities.flatMap(({ exceptions }) => exceptions)), CAUSE_EXCEPTION_VIEW, block)
}

const matchesComplex = (expression: Expression, facts: TraceFacts): boolean => {
  switch (expression.kind) {
    case 'annotation':
      return passesAnnotation(expression, facts)
    case 'service':
      return facts.services.some(
        service => selects(expression.selector, service) && matchesService(service, expression.block),
      )
    case 'edge':
      return facts.edges.some(
        edge =>
          selects(expression.source, edge.source) &&
          selects(expression.target, edge.target) &&
          matchesEdge(edge, expression.block),
      )
    case 'cause':
      return facts.rootCauses[expression.cause].some(cause =>
        matchesPart(cause, expression.part, expression.block),
      )
    case 'causeJson': {
      const causes = Object.values(facts.rootCauses).flat()
      return expression.causes.every(pattern => causes.some(cause => matchesCause(pattern, cause)))
    }
    case 'group':
      throw new TypeError('groups are to be resolved before an expression is evaluated')
    default:
      return misplaced(expression)
  }
}

/** An annotation that stands alone asks whether it is set: `false` is. */
const passesAnnotation = (
  { key, test }: Extract<Expression, { kind: 'annotation' }>,
  { annotations }: TraceFacts,
): boolean => {
  const values = annotations.get(key)
  return values !== undefined && (test ? passes(values, test) : values.length > 0)
}

/**
 * Whether a trace matches a filter expression: the reference for every faster way of finding out.
 *
 * - What is not set passes no comparison, `!=` included; `!http.url` is true where it is not set.
 * - Of several values (users, annotations of one key), any that passes is enough.
 * - All conditions in the braces of `service()` must hold for one segment, of `edge()` for one call, of root causes for
 *   one element. `first`, `last` and `index` count from 0 over a cause's services, over the entities of all its
 *   services, or over the exceptions of all these.
 * - Values are compared with regard to case.
 *
 * @param expression with its groups resolved (see `resolveGroups`)
 * @throws TypeError where a group is not resolved
 */
export const matches = (expression: Expression, facts: TraceFacts): boolean =>
  holds(expression, TRACE_VIEW, facts, complex => matchesComplex(complex, facts))
