import type { RequestContext } from '../../kernel/context.ts'
import { deliveryAllowed, identityAllowed } from '../../kernel/policy/resource-access.ts'
import type { Authorizer, Deliverer } from '../../kernel/ports.ts'
import { authorizationError } from './errors.ts'
import { policyOf, type TopicAt, type Topics } from './topics.ts'

/** Who may do what with a topic: its own policy, and the policies of the caller. */
export class TopicAccess {
  readonly #topics: Topics
  readonly #authorizer: Pick<Authorizer, 'allows'>

  constructor(topics: Topics, authorizer: Pick<Authorizer, 'allows'>) {
    this.#topics = topics
    this.#authorizer = authorizer
  }

  /** The topic that a request names, where its caller may do that. @throws ServiceError `AuthorizationError` */
  open(topicArn: string, action: string, { identity }: RequestContext, parameter?: string): TopicAt {
    const at = this.#topics.get(topicArn, parameter)
    if (!identityAllowed(this.#action(at, action), identity, this.#authorizer)) {
      throw authorizationError(identity.arn, action, topicArn)
    }
    return at
  }

  /** The topic that a service publishes to, where it may. @throws ServiceError `AuthorizationError` */
  openFor(topicArn: string, deliverer: Deliverer | undefined): TopicAt {
    const at = this.#topics.get(topicArn)
    if (deliverer && !deliveryAllowed(this.#action(at, 'SNS:Publish'), deliverer)) {
      throw authorizationError(deliverer.service, 'SNS:Publish', topicArn)
    }
    return at
  }

  #action(at: TopicAt, action: string) {
    return { policy: policyOf(at), owner: at.scope.account, resource: at.topic.arn, action }
  }
}
