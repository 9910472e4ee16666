import type { QueueSender } from '../../kernel/ports.ts'
import { checkBody } from './outgoing.ts'
import type { SqsParts } from './parts.ts'
import type { StoredAttribute } from './records.ts'

type Attributes = Parameters<QueueSender['send']>[0]['attributes']

const storedAttribute = (attribute: NonNullable<Attributes>[string]): StoredAttribute => {
  if (typeof attribute === 'string') return { DataType: 'String', StringValue: attribute }
  const { type, value } = attribute
  return type.startsWith('Binary')
    ? { DataType: type, BinaryValue: value }
    : { DataType: type, StringValue: value }
}

/** What other services send through. */
export const createSender = ({ exchange, access }: SqsParts): QueueSender => ({
  send: async ({ queueArn, body, attributes = {}, deliverer }) => {
    const at = access.openFor(queueArn, deliverer)
    const message = exchange.send(at, {
      body: checkBody(body),
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, storedAttribute(value)]),
      ),
      senderId: deliverer?.service ?? at.scope.account,
    })
    return message.id
  },
})
