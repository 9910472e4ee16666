import { ServiceError } from '@sonde/wire'
import type { BusSender } from '../../delivery/target-ports.ts'
import { globalArn } from '../../kernel/arn.ts'
import { uuid } from '../../kernel/ids.ts'
import { busNotFound, validation } from './errors.ts'
import { envelopeOf, eventTime, readDetail } from './event.ts'
import { busArn, busAt } from './names.ts'
import type { EventsParts } from './service.ts'

/** How rules of other buses, and schedules, put events on a bus. */
export const createBusSender = ({ buses, router, clock }: EventsParts): BusSender => ({
  send: (arn, entry, { account, region, isPassedOn }) => {
    const at = busAt({ account, region }, arn)
    if (!buses.find(at)) throw busNotFound(at.name)
    const root = globalArn({ account, region }, 'iam', 'root')
    if (!buses.mayPut(at, { account, arn: root, userId: account })) {
      throw new ServiceError(
        'AccessDeniedException',
        `The policy of ${busArn(at)} does not allow events:PutEvents to account ${account}.`,
      )
    }
    const detail = readDetail(entry.detail)
    if (!detail) throw validation('Detail is malformed.')
    const event = envelopeOf(
      { account, region },
      {
        id: entry.id ?? uuid(),
        detailType: entry.detailType,
        source: entry.source,
        time: entry.time ?? eventTime(clock.now()),
        resources: entry.resources,
        detail,
      },
    )
    router.route(at, event, { isPassedOn })
  },
})
