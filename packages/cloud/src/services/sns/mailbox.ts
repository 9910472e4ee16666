import type { Scope } from '../../kernel/scope.ts'
import type { Collection } from '../../kernel/store.ts'
import { MAX_MAILS } from './limits.ts'

/** A mail that SNS would have sent. */
export interface Mail {
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly body: string
  /** ISO 8601. */
  readonly time: string
  readonly topicArn: string
}

/** One mailbox holds the mails of all accounts: nothing leaves the machine. */
const EVERYWHERE: Scope = { account: '000000000000', region: 'local' }

/** The latest 1,000 mails to email subscriptions. */
export class Mailbox {
  readonly #mails: Collection<Mail>
  #next: number

  constructor(mails: Collection<Mail>) {
    this.#mails = mails
    const last = mails.list(EVERYWHERE).at(-1)
    this.#next = last ? Number(last.id) + 1 : 1
  }

  add(mail: Omit<Mail, 'id'>): void {
    const id = String(this.#next++)
    this.#mails.put(EVERYWHERE, id, { ...mail, id })
    this.#mails.delete(EVERYWHERE, String(Number(id) - MAX_MAILS))
  }

  /** The newest first. */
  list(): Mail[] {
    return this.#mails.list(EVERYWHERE).reverse()
  }
}
