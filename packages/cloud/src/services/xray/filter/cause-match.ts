import type { CausePattern, CauseServicePattern, EntityPattern, ExceptionPattern } from './ast.ts'
import type {
  CauseEntityFacts,
  CauseExceptionFacts,
  CauseServiceFacts,
  RootCauseFacts,
} from './trace-facts.ts'

/** Absent members of a pattern match anything; present ones match exactly. */
const same = <T>(pattern: T | undefined, value: T | undefined): boolean =>
  pattern === undefined || pattern === value

/** Lists are compared in order and match where they are equally long. */
const sameList = <P, F>(
  patterns: readonly P[] | undefined,
  facts: readonly F[],
  matches: (pattern: P, fact: F) => boolean,
): boolean =>
  patterns === undefined ||
  (patterns.length === facts.length &&
    patterns.every((pattern, index) => {
      const fact = facts[index]
      return fact !== undefined && matches(pattern, fact)
    }))

const exception = ({ Name, Message }: ExceptionPattern, { name, message }: CauseExceptionFacts): boolean =>
  same(Name, name) && same(Message, message)

const entity = (pattern: EntityPattern, facts: CauseEntityFacts): boolean =>
  same(pattern.Name, facts.name) &&
  same(pattern.Remote, facts.remote) &&
  same(pattern.Coverage, facts.coverage) &&
  sameList(pattern.Exceptions, facts.exceptions, exception)

const service = (pattern: CauseServicePattern, facts: CauseServiceFacts): boolean =>
  same(pattern.Name, facts.names[0]) &&
  sameList(pattern.Names, facts.names, (name, fact) => name === fact) &&
  same(pattern.Type, facts.type) &&
  same(pattern.AccountId, facts.accountId) &&
  same(pattern.Inferred, facts.inferred) &&
  sameList(pattern.EntityPath, facts.entityPath, entity)

/** Whether a root cause is as the pattern of `rootcause.json` says. */
export const matchesCause = (pattern: CausePattern, facts: RootCauseFacts): boolean =>
  same(pattern.ClientImpacting, facts.clientImpacting) && sameList(pattern.Services, facts.services, service)
