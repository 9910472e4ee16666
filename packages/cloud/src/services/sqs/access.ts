import type { RequestContext } from '../../kernel/context.ts'
import { deliveryAllowed, identityAllowed, type ResourceAction } from '../../kernel/policy/resource-access.ts'
import { parseResourcePolicy } from '../../kernel/policy/resource-policy.ts'
import type { Authorizer, Deliverer } from '../../kernel/ports.ts'
import { accessDenied } from './errors.ts'
import type { Queues } from './queues.ts'
import type { QueueAt } from './records.ts'

/** Who may do what with a queue: its own policy, and the policies of the caller. */
export class QueueAccess {
  readonly #queues: Queues
  readonly #authorizer: Pick<Authorizer, 'allows'>

  constructor(queues: Queues, authorizer: Pick<Authorizer, 'allows'>) {
    this.#queues = queues
    this.#authorizer = authorizer
  }

  /** The queue that a request names, where its caller may do that. @throws ServiceError `AccessDenied` */
  open(url: string | undefined, action: string, { scope, identity }: RequestContext): QueueAt {
    const at = this.#queues.byUrl(url ?? '', scope)
    if (!identityAllowed(this.#action(at, action), identity, this.#authorizer))
      throw accessDenied(at.queue.arn)
    return at
  }

  /** The queue that a service delivers to, where it may. @throws ServiceError `AccessDenied` */
  openFor(queueArn: string, deliverer: Deliverer | undefined): QueueAt {
    const at = this.#queues.byArn(queueArn)
    if (deliverer && !deliveryAllowed(this.#action(at, 'sqs:SendMessage'), deliverer)) {
      throw accessDenied(queueArn)
    }
    return at
  }

  #action({ scope, queue }: QueueAt, action: string): ResourceAction {
    const { Policy } = queue.attributes
    const policy = Policy === undefined ? undefined : parseResourcePolicy(Policy)
    return { policy, owner: scope.account, resource: queue.arn, action }
  }
}
